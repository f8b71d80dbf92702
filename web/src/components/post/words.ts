// What is said of posts in channels, and of messages in chats.

export const WORDS = {
  post: {
    label: "post.label",
    replyTo: "post.reply_to",
    goToReply: "post.go_to_reply",
    newest: "chat.newest",
    loadingOlder: "chat.loading_older",
  },
  message: {
    label: "chats.message",
    replyTo: "chats.reply_to",
    goToReply: "chats.go_to_reply",
    newest: "chats.newest",
    loadingOlder: "chats.loading_older",
  },
} as const;

export type Kind = keyof typeof WORDS;
