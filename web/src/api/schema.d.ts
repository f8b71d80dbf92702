// Made from the server's /openapi.json by `./dev web-types`.

export interface paths {
    "/api/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The caller's Telegram accounts
         * @description By number. Admins see those of all users.
         *
         *     For every user; tokens need the scope `read`.
         */
        get: operations["list_accounts"];
        put?: never;
        /**
         * Make an account
         * @description It needs a login then: by phone, QR code or bot token. `proxy` is for admins: `none`, or an address as `socks5://host:port`; without it the account goes the way of the configuration.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["make_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One account
         * @description For every user; tokens need the scope `read`.
         */
        get: operations["get_account"];
        put?: never;
        post?: never;
        /**
         * Remove an account
         * @description What it collected stays in the ledger. Its login at Telegram ends, unless `log_out` is false.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        delete: operations["remove_account"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/chats/{chat}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A person, group or channel
         * @description For members and admins; tokens need the scope `telegram`.
         */
        get: operations["get_chat"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/chats/{chat}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Messages of a chat, from Telegram
         * @description The newest first, or the other way round; from the end of the chat, from a number, or from a moment. Nothing of them is stored. Pages may be short or even empty; `next` is null at the end.
         *
         *     For members and admins; tokens need the scope `telegram`.
         */
        get: operations["list_chat_messages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/chats/{chat}/photo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The photo of a person, group or channel
         * @description For members and admins; tokens need the scope `telegram`.
         */
        get: operations["get_chat_photo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/dialogs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The account's list of chats
         * @description Live from Telegram, the newest first. Bots have none.
         *
         *     For members and admins; tokens need the scope `telegram`.
         */
        get: operations["list_dialogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/invoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call any method of Telegram
         * @description The body is the method in the JSON form of TL, layer 223: `_` is its name, the other members are its fields. int64 are decimal strings, bytes are base64. A missing `random_id` is drawn here. Methods that end or endanger the account, pay, or send to many at once are refused, and so are wrappers; an account may be used for 120 calls a minute, 20 of them sending.
         *
         *     For admins; tokens need the scope `admin`.
         */
        post: operations["invoke"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the account's login stands
         * @description With `wait` and `revision` the answer comes when there is something new, or after the wait.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        get: operations["get_login"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login/bot": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log a bot in
         * @description For members and admins; tokens need the scope `write`.
         */
        post: operations["log_in_bot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give the login up
         * @description Telegram is told, and the code is void.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["cancel_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login/code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enter the login code
         * @description For members and admins; tokens need the scope `write`.
         */
        post: operations["enter_login_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an e-mail address for login codes
         * @description For members and admins; tokens need the scope `write`.
         */
        post: operations["set_up_login_email"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login/email-code": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enter the code from the e-mail
         * @description For members and admins; tokens need the scope `write`.
         */
        post: operations["enter_email_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login/email-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take an e-mail address off that cannot be read
         * @description For members and admins; tokens need the scope `write`.
         */
        post: operations["reset_login_email"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The login's changes as they happen
         * @description Server-sent events named `login`, each with the login as JSON; the last one tells its end.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        get: operations["stream_login"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enter the two-step password
         * @description For members and admins; tokens need the scope `write`.
         */
        post: operations["enter_login_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login/phone": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a login by phone number
         * @description Telegram sends a code, in a way that the answer describes; `needs_code`, `needs_email` and `done` can follow. Without a number it is that of the account's last login.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["log_in_by_phone"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login/qr": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a login by QR code
         * @description The answer has the code as a link and as a drawing. It lives about 30 seconds; the next one comes by itself, with `login/qr/status` or `login/events`.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["log_in_by_qr"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login/qr/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where a login by QR code stands, with the fresh code
         * @description With `wait` and `revision` the answer comes when there is something new, or after the wait.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        get: operations["get_qr_login"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/login/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have the code sent another way
         * @description The code sent before is void. `conflict` with Retry-After if that is too early.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["resend_login_code"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the account's login at Telegram
         * @description The account stays and needs a login; its channels go on with another account that can read them.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["log_out_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whom the account is
         * @description For members and admins; tokens need the scope `telegram`.
         */
        get: operations["get_telegram_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a @name or a link leads to
         * @description Nothing is joined. Names are looked up once a day at most, since Telegram limits that hard.
         *
         *     For members and admins; tokens need the scope `telegram`.
         */
        get: operations["resolve_link"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{account}/state": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How an account stands to Telegram
         * @description For every user; tokens need the scope `read`.
         */
        get: operations["get_account_state"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what
         * @description Logins, also those that failed, first uses of tokens, and every change; newest first.
         *
         *     For admins; tokens need the scope `admin`.
         */
        get: operations["list_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in with name and password
         * @description Begins a session: the cookie `ledgram_session`. Ten failures from one address in a quarter of an hour, or twenty for one name, end in 429.
         *
         *     Needs no login.
         */
        post: operations["log_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End the session
         * @description For every user; tokens need the scope `read`.
         */
        post: operations["log_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is logged in
         * @description For every user; tokens need the scope `read`.
         */
        get: operations["get_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the own password
         * @description Ends all other sessions of the user. In a session only.
         *
         *     For every user; tokens need the scope `read`.
         */
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The caller's sessions
         * @description For every user; tokens need the scope `read`.
         */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session
         * @description For every user; tokens need the scope `write`.
         */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make the first user
         * @description Uses the link that `ledgram serve` prints while there is no user; once, and within a day.
         *
         *     Needs no login.
         */
        post: operations["set_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The caller's API tokens
         * @description For every user; tokens need the scope `read`.
         */
        get: operations["list_tokens"];
        put?: never;
        /**
         * Make an API token
         * @description For programs: `Authorization: Bearer TOKEN`, or `?token=` where headers cannot be set. In a session only.
         *
         *     For every user; tokens need the scope `read`.
         */
        post: operations["make_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take an API token back
         * @description For every user; tokens need the scope `write`.
         */
        delete: operations["remove_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get a secret for an authenticator app
         * @description Nothing changes until the secret is confirmed, within ten minutes. In a session only.
         *
         *     For every user; tokens need the scope `read`.
         */
        post: operations["begin_totp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Turn the second factor on
         * @description For every user; tokens need the scope `read`.
         */
        post: operations["confirm_totp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/totp/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Turn the second factor off
         * @description For every user; tokens need the scope `read`.
         */
        post: operations["remove_totp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The channels that the caller follows
         * @description By number. Admins see those of all users.
         *
         *     For every user; tokens need the scope `read`.
         */
        get: operations["list_channels"];
        put?: never;
        /**
         * Follow a channel
         * @description Its history is read and it is live from then on. A channel that several users follow is stored once. `account` may be left out by whoever has one account.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["follow_channel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{channel}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One channel
         * @description For every user; tokens need the scope `read`.
         */
        get: operations["get_channel"];
        put?: never;
        post?: never;
        /**
         * Stop following a channel
         * @description Its posts stay in the ledger. It is given up when nobody follows it any more.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        delete: operations["unfollow_channel"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{channel}/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many messages were written each day
         * @description Of the stored messages, by their dates; service messages and deleted ones count. Days without messages are there with 0.
         *
         *     For every user; tokens need the scope `read`.
         */
        get: operations["get_channel_activity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{channel}/collect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far the reading of history is
         * @description Of the collection that runs, back-fills included, or of the last one since the start.
         *
         *     For every user; tokens need the scope `read`.
         */
        get: operations["get_collection"];
        put?: never;
        /**
         * Read now what is missing
         * @description Answers when all is read, or after `wait` seconds with 202, and goes on then. Live posts come by themselves and are not counted in `posts_added`.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["collect_channel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{channel}/posts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Posts of a channel
         * @description For every user; tokens need the scope `read`.
         */
        get: operations["list_channel_posts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{channel}/posts/{post}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A post with its versions
         * @description Also if it was deleted; then `deleted` is true.
         *
         *     For every user; tokens need the scope `read`.
         */
        get: operations["get_post"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens, as it happens
         * @description Server-sent events, or a WebSocket with one JSON object a message if the request asks for one. Events are those of channels that you follow and of your accounts. Numbers rise: who goes on after the last number that it saw misses nothing and gets nothing twice. With `activity` there are signals as well, `chat.activity`, which say that a chat is worth another look. They have no number and are not repeated. The types are described in docs/events.md.
         *
         *     For every user; tokens need the scope `read`.
         */
        get: operations["stream_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feeds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Your feeds
         * @description For every user; tokens need the scope `read`.
         */
        get: operations["list_feeds"];
        put?: never;
        /**
         * Make a feed
         * @description Of a channel, of a search, of both, or of everything that you follow. Whoever knows its address can read it.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["create_feed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/feeds/{feed}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a feed
         * @description For members and admins; tokens need the scope `write`.
         */
        delete: operations["delete_feed"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/posts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Posts of all channels that you follow
         * @description In one order over all channels.
         *
         *     For every user; tokens need the scope `read`.
         */
        get: operations["list_posts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Full-text search over all channels that you follow
         * @description Newest first. Case and accents do not matter. See docs/api-reading.md for what a word is.
         *
         *     For every user; tokens need the scope `read`.
         */
        get: operations["search_posts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All users
         * @description For admins; tokens need the scope `admin`.
         */
        get: operations["list_users"];
        put?: never;
        /**
         * Make a user
         * @description For admins; tokens need the scope `admin`.
         */
        post: operations["make_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One user
         * @description For admins; tokens need the scope `admin`.
         */
        get: operations["get_user"];
        put?: never;
        post?: never;
        /**
         * Remove a user
         * @description What belongs to the user goes to the caller.
         *
         *     For admins; tokens need the scope `admin`.
         */
        delete: operations["remove_user"];
        options?: never;
        head?: never;
        /**
         * Change a user
         * @description A new password and disabling end the user's sessions. `totp` takes the second factor off.
         *
         *     For admins; tokens need the scope `admin`.
         */
        patch: operations["change_user"];
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The caller's webhooks
         * @description Admins see those of all users.
         *
         *     For every user; tokens need the scope `read`.
         */
        get: operations["list_webhooks"];
        put?: never;
        /**
         * Make a webhook
         * @description Events that its filter admits and its owner may see are sent to the URL by POST, in order, signed, and again until they are accepted. The format is in docs/webhooks.md.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["create_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A webhook with its state
         * @description For every user; tokens need the scope `read`.
         */
        get: operations["get_webhook"];
        put?: never;
        post?: never;
        /**
         * Delete a webhook
         * @description For members and admins; tokens need the scope `write`.
         */
        delete: operations["delete_webhook"];
        options?: never;
        head?: never;
        /**
         * Change a webhook
         * @description What is left out stays. Its position stays, too: the change counts for what was not delivered yet.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        patch: operations["update_webhook"];
        trace?: never;
    };
    "/api/v1/webhooks/{webhook}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop delivering for a while
         * @description Events wait for it. A request that is under way may still arrive.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["pause_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver again from an event on
         * @description A webhook that was given up is active again; a paused one stays paused.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["replay_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver again, at once
         * @description Also ends the wait for the next attempt of one that fails.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["resume_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a webhook a new secret
         * @description The old one signs nothing from then on.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["renew_webhook_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{webhook}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a delivery without events
         * @description Whatever its state. Nothing about the webhook changes.
         *
         *     For members and admins; tokens need the scope `write`.
         */
        post: operations["test_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether everything works, and what does not yet
         * @description Needs no login.
         */
        get: operations["get_readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The version of the server
         * @description Needs no login.
         */
        get: operations["get_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Account: {
            /** Format: date-time */
            created: string;
            first_name: string | null;
            id: number;
            /** @enum {string} */
            kind: "user" | "bot";
            name: string;
            phone: string | null;
            state: components["schemas"]["AccountState"];
            /** @description A number as decimal text, since it can exceed 2^53. */
            telegram_id: string | null;
            username: string | null;
        };
        AccountState: {
            /** @description Nothing of what was missed is missing any more. */
            caught_up: boolean;
            /** @description Channels that it follows at this moment. */
            channels: number;
            /** @description What went wrong last, for people. */
            last_error: string | null;
            /** Format: date-time */
            since: string | null;
            /** @enum {string} */
            status: "connected" | "connecting" | "needs_login";
        };
        Activity: {
            days: {
                /** Format: date */
                day: string;
                messages: number;
            }[];
        };
        AuditEntry: {
            /** @description The operationId of the call, or `token.first_seen`. */
            action: string;
            address: string;
            /** Format: date-time */
            at: string;
            /** @description `cookie`, `token 7`, or nothing. */
            by: string;
            number: number;
            request: string;
            /** @description Of the answer; 0 where there is none. */
            status: number;
            subject: string;
            /** @description Null if nobody was logged in. */
            user: number | null;
            user_name: string;
        };
        Channel: {
            /** @description Which account follows it now. */
            account: number | null;
            /** @description Its history is being read. */
            collecting: boolean;
            completeness: components["schemas"]["Completeness"];
            /** @description A number as decimal text, since it can exceed 2^53. */
            id: string;
            /** @enum {string} */
            kind: "unknown" | "broadcast" | "supergroup";
            /**
             * Format: date-time
             * @description Of the newest post.
             */
            last_activity: string | null;
            /**
             * Format: date-time
             * @description When all was read last.
             */
            last_collect: string | null;
            /** @description Somebody follows it at this moment. */
            live: boolean;
            title: string;
            username: string | null;
        };
        Collection: {
            /** Format: date-time */
            began: string | null;
            completeness: components["schemas"]["Completeness"];
            /** Format: date-time */
            ended: string | null;
            pages: number;
            /** @description By the collection that runs, or by the last one. */
            posts_added: number;
            posts_per_second: number;
            /** @description Why the last one ended early. */
            problem: string | null;
            running: boolean;
            /** @description What Telegram says the channel has; inexact. */
            total: number | null;
            /**
             * Format: date-time
             * @description Telegram wants a pause until then; it goes on by itself afterwards.
             */
            waiting_until: string | null;
        };
        Completeness: {
            /** @description No message up to the newest is missing. */
            complete: boolean;
            /** @description Of the stored ones: gone at Telegram. */
            deleted: number;
            /** @description Where they are; the largest ones if there are more than 200. */
            holes: {
                first: number;
                last: number;
            }[];
            /** @description Message numbers known to be complete, deleted ones included. */
            known_ids: number;
            /** @description Stored, service messages and deleted ones included. */
            messages: number;
            /** @description Message numbers not yet known. */
            missing_ids: number;
            /** @description The highest message number ever seen. */
            newest_id: number | null;
        };
        ContractChannel: {
            channel_title: string;
            channel_username: string | null;
            /** Format: date-time */
            created_at: string;
            id: number;
            is_active: boolean;
            /** Format: date-time */
            last_parsed_at: string | null;
        };
        ContractPost: {
            channel_username: string | null;
            id: number;
            /** Format: date-time */
            parsed_at: string;
            /** Format: date-time */
            posted_at: string;
            tags: string[];
            telegram_message_id: number;
            text: string;
            url: string;
            views: number | null;
        };
        ContractUser: {
            /** Format: date-time */
            created_at: string;
            first_name: string | null;
            id: number;
            is_active: boolean;
            is_authenticated: boolean;
            /** Format: date-time */
            last_auth_check: string | null;
            last_name: string | null;
            telegram_id: number;
            username: string | null;
        };
        Dialog: {
            chat: components["schemas"]["Peer"];
            last_message: components["schemas"]["LiveMessage"] | null;
            pinned: boolean;
            unread: number;
        };
        Feed: {
            /** @description Of one channel; null: of all that you follow. */
            channel_id: string | null;
            /** Format: date-time */
            created: string;
            /** @description A number as decimal text, since it can exceed 2^53. */
            id: string;
            /** @description Only posts that this search finds. */
            search: string | null;
            title: string;
        };
        FoundPost: {
            /** @description Of a service message: what happened. */
            action: string | null;
            /** @description The signature. */
            author: string | null;
            /** @description Username of the channel, without @. */
            channel: string | null;
            /** @description A number as decimal text, since it can exceed 2^53. */
            channel_id: string;
            channel_title: string;
            /** Format: date-time */
            date: string;
            deleted: boolean;
            /** Format: date-time */
            edit_date: string | null;
            /** @description Marked parts of the text; offsets and lengths in UTF-16 code units, as Telegram counts. */
            entities: {
                length: number;
                offset: number;
                type: string;
            }[];
            /** @description Where it was forwarded from. */
            forward: Record<string, never> | null;
            forwards: number | null;
            /** @description Who sent it, in groups. */
            from: {
                /** @description A number as decimal text, since it can exceed 2^53. */
                id: string;
                /** @enum {string} */
                type: "user" | "chat" | "channel";
            } | null;
            /** @description The album that it belongs to. */
            grouped_id: string | null;
            /** @description Where the words stand in the text, in UTF-16 code units. */
            highlights: {
                length: number;
                offset: number;
            }[];
            /** @description Number of the message in its channel. */
            id: number;
            /** @description What is attached: its kind (photo, video, webpage...) and members that depend on it. */
            media: {
                kind: string;
            } | null;
            /** @description Number of the message that it answers. */
            reply_to: number | null;
            text: string;
            url: string;
            views: number | null;
        };
        LiveMessage: {
            /** @description Of a service message. */
            action: string | null;
            /** @description The signature of a post. */
            author: string | null;
            chat: string;
            /** Format: date-time */
            date: string;
            /** Format: date-time */
            edit_date: string | null;
            entities: Record<string, never>[];
            forward: Record<string, never> | null;
            forwards: number | null;
            /** @description Who wrote it, as a reference. */
            from: string | null;
            /** @description A number as decimal text, since it can exceed 2^53. */
            grouped_id: string | null;
            /** @description Its number in the chat. */
            id: number;
            media: Record<string, never> | null;
            /** @description Sent by the account. */
            out: boolean;
            reply_to: number | null;
            text: string;
            views: number | null;
        };
        Login: {
            /** @description To be sent as X-CSRF-Token with every change by cookie. */
            csrf_token: string;
            /** Format: date-time */
            expires: string;
            user: components["schemas"]["User"];
        };
        NewFeed: {
            /** @description Path of the feed as Atom. */
            atom: string;
            /** @description Of one channel; null: of all that you follow. */
            channel_id: string | null;
            /** Format: date-time */
            created: string;
            /** @description A number as decimal text, since it can exceed 2^53. */
            id: string;
            /** @description Path of the feed as RSS. */
            rss: string;
            /** @description Only posts that this search finds. */
            search: string | null;
            title: string;
            /** @description Shown once; it is in the addresses as well. */
            token: string;
        };
        NewToken: {
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            expires: string | null;
            /** @description How the token begins. */
            hint: string;
            id: number;
            /**
             * Format: date-time
             * @description Exact to some minutes.
             */
            last_used: string | null;
            name: string;
            scopes: ("read" | "write" | "telegram" | "admin")[];
            /** @description Shown this once; only its hash is kept. */
            token: string;
        };
        NewWebhook: {
            /** @description Both empty: all that the owner may see. */
            accounts: number[];
            /** @description That failed since the last success; 0: it works. */
            attempts: number;
            /** @description Events of these channels, or of `accounts`. */
            channels: string[];
            /** Format: date-time */
            created: string;
            /** @description Events that the receiver has accepted. */
            delivered: number;
            /** Format: date-time */
            failing_since: string | null;
            id: number;
            /** @description Kept after a success. */
            last_error: {
                /** Format: date-time */
                at: string;
                message: string;
                /** @description What the receiver answered; null: nothing. */
                status: number | null;
            } | null;
            /** @description The newest event of all, for comparison. */
            last_event: number;
            /** Format: date-time */
            last_success: string | null;
            name: string;
            /** Format: date-time */
            next_try: string | null;
            /** @description Events up to this number have been dealt with. */
            position: number;
            /** @description What deliveries are signed with. Shown this once. */
            secret: string;
            /**
             * @description failed: given up after too long; `resume` or `replay` begins again.
             * @enum {string}
             */
            state: "active" | "paused" | "failed";
            /** @description Types of events; empty: all. */
            types: ("message.new" | "message.edited" | "message.deleted" | "channel.updated" | "account.state" | "hole.opened" | "hole.closed")[];
            url: string;
            /** @description The number of its owner. */
            user: number;
        };
        Peer: {
            /** @description Only where one chat is asked for. */
            about: string | null;
            first_name: string | null;
            has_photo: boolean;
            /** @description A number as decimal text, since it can exceed 2^53. */
            id: string;
            /** @description Null for people. */
            joined: boolean | null;
            last_name: string | null;
            members: number | null;
            phone: string | null;
            /** @description How the chat is named in paths. */
            ref: string;
            /** @description Telegram marks it as a scam or a fake. */
            scam: boolean;
            /** @description Of a person: first and last name. */
            title: string | null;
            /** @enum {string} */
            type: "user" | "bot" | "group" | "supergroup" | "channel";
            username: string | null;
            verified: boolean;
        };
        Post: {
            /** @description Of a service message: what happened. */
            action: string | null;
            /** @description The signature. */
            author: string | null;
            /** @description Username of the channel, without @. */
            channel: string | null;
            /** @description A number as decimal text, since it can exceed 2^53. */
            channel_id: string;
            channel_title: string;
            /** Format: date-time */
            date: string;
            deleted: boolean;
            /** Format: date-time */
            edit_date: string | null;
            /** @description Marked parts of the text; offsets and lengths in UTF-16 code units, as Telegram counts. */
            entities: {
                length: number;
                offset: number;
                type: string;
            }[];
            /** @description Where it was forwarded from. */
            forward: Record<string, never> | null;
            forwards: number | null;
            /** @description Who sent it, in groups. */
            from: {
                /** @description A number as decimal text, since it can exceed 2^53. */
                id: string;
                /** @enum {string} */
                type: "user" | "chat" | "channel";
            } | null;
            /** @description The album that it belongs to. */
            grouped_id: string | null;
            /** @description Number of the message in its channel. */
            id: number;
            /** @description What is attached: its kind (photo, video, webpage...) and members that depend on it. */
            media: {
                kind: string;
            } | null;
            /** @description Number of the message that it answers. */
            reply_to: number | null;
            text: string;
            url: string;
            views: number | null;
        };
        PostList: {
            items: components["schemas"]["Post"][];
            next: string | null;
        };
        PostVersion: {
            /** Format: date-time */
            edit_date: string | null;
            /** @description Marked parts of the text; offsets and lengths in UTF-16 code units, as Telegram counts. */
            entities: {
                length: number;
                offset: number;
                type: string;
            }[];
            /** @description What is attached: its kind (photo, video, webpage...) and members that depend on it. */
            media: {
                kind: string;
            } | null;
            /** Format: date-time */
            replaced_at: string;
            text: string;
        };
        PostWithVersions: {
            /** @description Of a service message: what happened. */
            action: string | null;
            /** @description The signature. */
            author: string | null;
            /** @description Username of the channel, without @. */
            channel: string | null;
            /** @description A number as decimal text, since it can exceed 2^53. */
            channel_id: string;
            channel_title: string;
            /** Format: date-time */
            date: string;
            deleted: boolean;
            /** Format: date-time */
            edit_date: string | null;
            /** @description Marked parts of the text; offsets and lengths in UTF-16 code units, as Telegram counts. */
            entities: {
                length: number;
                offset: number;
                type: string;
            }[];
            /** @description Where it was forwarded from. */
            forward: Record<string, never> | null;
            forwards: number | null;
            /** @description Who sent it, in groups. */
            from: {
                /** @description A number as decimal text, since it can exceed 2^53. */
                id: string;
                /** @enum {string} */
                type: "user" | "chat" | "channel";
            } | null;
            /** @description The album that it belongs to. */
            grouped_id: string | null;
            /** @description Number of the message in its channel. */
            id: number;
            /** @description What is attached: its kind (photo, video, webpage...) and members that depend on it. */
            media: {
                kind: string;
            } | null;
            /** @description Number of the message that it answers. */
            reply_to: number | null;
            text: string;
            url: string;
            /** @description What it was before its edits, oldest first; not its present content. */
            versions: components["schemas"]["PostVersion"][];
            views: number | null;
        };
        Problem: {
            /** @description Stable; for programs. */
            code: string;
            /** @description What happened and what to do; for people. */
            detail: string;
            errors?: {
                message: string;
                parameter?: string;
                pointer?: string;
            }[];
            /** @description The number of the request, as in X-Request-Id. */
            instance: string;
            requires_auth?: boolean;
            requires_telegram_auth?: boolean;
            /** @description Seconds. */
            retry_after?: number;
            status: number;
            telegram_code?: number;
            telegram_error?: string;
            title: string;
            type: string;
        };
        QrCode: {
            /** Format: date-time */
            expires: string;
            /** @description What the code says. */
            link: string;
            /** @description The code as a drawing. */
            svg: string;
        };
        Resolution: {
            about: string | null;
            /** @description Null behind an invite link that the account has not followed. */
            chat: components["schemas"]["Peer"] | null;
            joined: boolean | null;
            /** @enum {string} */
            kind: "name" | "invite";
            members: number | null;
            request_needed: boolean | null;
            title: string | null;
        };
        SearchPage: {
            /** @description Messages that are stored and not yet indexed. */
            behind: number;
            items: components["schemas"]["FoundPost"][];
            next: string | null;
        };
        SentCode: {
            /** @description For people: where the code is and what it looks like. */
            description: string;
            /** @description Seconds that `email-reset` takes; null: it cannot be asked for. */
            email_reset_wait: number | null;
            /** @description Of an e-mail address, a calling number, a first word. */
            hint: string | null;
            length: number | null;
            /** @description What `resend` would use; null: it is refused. */
            next_type: string | null;
            /** @description Seconds until `resend` is accepted. */
            resend_after: number;
            /** @description How the code comes. */
            type: string;
        };
        Session: {
            address: string;
            agent: string;
            /** Format: date-time */
            created: string;
            current: boolean;
            /** Format: date-time */
            expires: string;
            id: number;
            /** Format: date-time */
            last_seen: string;
        };
        TelegramLogin: {
            account: number;
            code: components["schemas"]["SentCode"] | null;
            email: {
                length: number;
                pattern: string;
            } | null;
            /**
             * Format: date-time
             * @description Given up then if nobody comes back; an ended one is forgotten then.
             */
            expires: string;
            password_hint: string | null;
            /** @description Of one that failed: why, for people. */
            problem: string | null;
            qr: components["schemas"]["QrCode"] | null;
            /** @description Rises with every change, a fresh QR code included. */
            revision: number;
            /**
             * @description `waiting`: the QR code waits to be scanned. What the login waits for, or how it ended.
             * @enum {string}
             */
            status: "starting" | "waiting" | "needs_code" | "needs_email" | "needs_email_code" | "needs_password" | "done" | "failed" | "expired" | "cancelled";
            /** @enum {string} */
            way: "phone" | "qr" | "bot";
        };
        Token: {
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            expires: string | null;
            /** @description How the token begins. */
            hint: string;
            id: number;
            /**
             * Format: date-time
             * @description Exact to some minutes.
             */
            last_used: string | null;
            name: string;
            scopes: ("read" | "write" | "telegram" | "admin")[];
        };
        User: {
            /** Format: date-time */
            created: string;
            disabled: boolean;
            id: number;
            /** Format: date-time */
            last_login: string | null;
            name: string;
            /** @enum {string} */
            role: "viewer" | "member" | "admin";
            /** @description A second factor is asked for. */
            totp: boolean;
        };
        Webhook: {
            /** @description Both empty: all that the owner may see. */
            accounts: number[];
            /** @description That failed since the last success; 0: it works. */
            attempts: number;
            /** @description Events of these channels, or of `accounts`. */
            channels: string[];
            /** Format: date-time */
            created: string;
            /** @description Events that the receiver has accepted. */
            delivered: number;
            /** Format: date-time */
            failing_since: string | null;
            id: number;
            /** @description Kept after a success. */
            last_error: {
                /** Format: date-time */
                at: string;
                message: string;
                /** @description What the receiver answered; null: nothing. */
                status: number | null;
            } | null;
            /** @description The newest event of all, for comparison. */
            last_event: number;
            /** Format: date-time */
            last_success: string | null;
            name: string;
            /** Format: date-time */
            next_try: string | null;
            /** @description Events up to this number have been dealt with. */
            position: number;
            /**
             * @description failed: given up after too long; `resume` or `replay` begins again.
             * @enum {string}
             */
            state: "active" | "paused" | "failed";
            /** @description Types of events; empty: all. */
            types: ("message.new" | "message.edited" | "message.deleted" | "channel.updated" | "account.state" | "hole.opened" | "hole.closed")[];
            url: string;
            /** @description The number of its owner. */
            user: number;
        };
        WebhookTest: {
            accepted: boolean;
            error: string | null;
            status: number | null;
            took_ms: number;
        };
    };
    responses: {
        /** @description `already_exists`: It is there already. */
        already_exists: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `bad_request`: The request makes no sense. */
        bad_request: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `bad_request`: The request makes no sense. `invalid_body`: The body is not as it must be. */
        "bad_request.invalid_body": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `bad_request`: The request makes no sense. `invalid_parameter`: A parameter is not as it must be. */
        "bad_request.invalid_parameter": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `bad_request`: The request makes no sense. `invalid_parameter`: A parameter is not as it must be. `invalid_body`: The body is not as it must be. */
        "bad_request.invalid_parameter.invalid_body": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `body_too_large`: The body is too large. */
        body_too_large: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `conflict`: The present state does not allow this. */
        conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `conflict`: The present state does not allow this. `already_exists`: It is there already. `telegram_auth_required`: The account must log in to Telegram. */
        "conflict.already_exists.telegram_auth_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `conflict`: The present state does not allow this. `telegram_auth_required`: The account must log in to Telegram. */
        "conflict.telegram_auth_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `deadline_exceeded`: It was not done in time. */
        deadline_exceeded: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `forbidden`: The role of the user does not allow this. `insufficient_scope`: The scopes of the token do not allow this. `csrf_token_missing`: A change by cookie needs the session's CSRF token. `foreign_origin`: Pages of this origin may not do this. */
        "forbidden.insufficient_scope.csrf_token_missing.foreign_origin": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `forbidden`: The role of the user does not allow this. `insufficient_scope`: The scopes of the token do not allow this. `csrf_token_missing`: A change by cookie needs the session's CSRF token. `foreign_origin`: Pages of this origin may not do this. `method_not_permitted`: This method of Telegram may not be called here. */
        "forbidden.insufficient_scope.csrf_token_missing.foreign_origin.method_not_permitted": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `forbidden`: The role of the user does not allow this. `insufficient_scope`: The scopes of the token do not allow this. `csrf_token_missing`: A change by cookie needs the session's CSRF token. `foreign_origin`: Pages of this origin may not do this. `not_authenticated`: The account has never logged in to Telegram. */
        "forbidden.insufficient_scope.csrf_token_missing.foreign_origin.not_authenticated": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `forbidden`: The role of the user does not allow this. `insufficient_scope`: The scopes of the token do not allow this. `foreign_origin`: Pages of this origin may not do this. */
        "forbidden.insufficient_scope.foreign_origin": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `foreign_origin`: Pages of this origin may not do this. */
        foreign_origin: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `foreign_origin`: Pages of this origin may not do this. `setup_token_invalid`: The set-up link is of no use any more. */
        "foreign_origin.setup_token_invalid": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `gone`: It is there no more. */
        gone: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `insufficient_scope`: The scopes of the token do not allow this. `csrf_token_missing`: A change by cookie needs the session's CSRF token. `foreign_origin`: Pages of this origin may not do this. */
        "insufficient_scope.csrf_token_missing.foreign_origin": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `insufficient_scope`: The scopes of the token do not allow this. `foreign_origin`: Pages of this origin may not do this. */
        "insufficient_scope.foreign_origin": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `internal`: A mistake of the server. */
        internal: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not_acceptable`: There is no form of this that the client accepts. */
        not_acceptable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `not_found`: There is no such thing. */
        not_found: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `telegram_refused`: Telegram has refused this. */
        telegram_refused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `telegram_refused`: Telegram has refused this. `wrong_code`: The login code is wrong. `wrong_password`: The two-step password is wrong. */
        "telegram_refused.wrong_code.wrong_password": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `telegram_unavailable`: Telegram cannot be reached. */
        telegram_unavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too_many_requests`: There were too many requests. */
        too_many_requests: {
            headers: {
                /** @description Seconds to wait. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `too_many_requests`: There were too many requests. `flood_wait`: Telegram wants a pause. */
        "too_many_requests.flood_wait": {
            headers: {
                /** @description Seconds to wait. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthenticated`: A login to Ledgram is needed. */
        unauthenticated: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unauthenticated`: A login to Ledgram is needed. `wrong_login`: The login is wrong. */
        "unauthenticated.wrong_login": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unavailable`: The server cannot do this at the moment. */
        unavailable: {
            headers: {
                /** @description Seconds to wait. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `unsupported_media_type`: Bodies of this type are not understood. */
        unsupported_media_type: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `wrong_login`: The login is wrong. `totp_required`: A code of the second factor is needed. */
        "wrong_login.totp_required": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_accounts: {
        parameters: {
            query?: {
                /** @description Where to go on: `next` of the answer before. */
                cursor?: string;
                /** @description At most so many items. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 6,
                     *           "name": "news",
                     *           "kind": "user",
                     *           "telegram_id": "8124731874",
                     *           "first_name": "Olha",
                     *           "username": "olha_news",
                     *           "phone": "380441234567",
                     *           "created": "2026-01-31T12:30:00Z",
                     *           "state": {
                     *             "status": "connected",
                     *             "since": "2026-01-31T12:30:00Z",
                     *             "last_error": null,
                     *             "caught_up": true,
                     *             "channels": 3
                     *           }
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Account"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    make_account: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "news"
                 *     }
                 */
                "application/json": {
                    name?: string;
                    proxy?: string;
                };
            };
        };
        responses: {
            /** @description The account, without a login. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 6,
                     *       "name": "news",
                     *       "kind": "user",
                     *       "telegram_id": null,
                     *       "first_name": null,
                     *       "username": null,
                     *       "phone": null,
                     *       "created": "2026-01-31T12:30:00Z",
                     *       "state": {
                     *         "status": "needs_login",
                     *         "since": null,
                     *         "last_error": null,
                     *         "caught_up": false,
                     *         "channels": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    get_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 6,
                     *       "name": "news",
                     *       "kind": "user",
                     *       "telegram_id": "8124731874",
                     *       "first_name": "Olha",
                     *       "username": "olha_news",
                     *       "phone": "380441234567",
                     *       "created": "2026-01-31T12:30:00Z",
                     *       "state": {
                     *         "status": "connected",
                     *         "since": "2026-01-31T12:30:00Z",
                     *         "last_error": null,
                     *         "caught_up": true,
                     *         "channels": 3
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    remove_account: {
        parameters: {
            query?: {
                /** @description Also end its login. */
                log_out?: boolean;
            };
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_chat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
                /** @description The chat. */
                chat: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As Telegram says at this moment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ref": "channel:1234567890",
                     *       "type": "channel",
                     *       "id": "1234567890",
                     *       "title": "Book Lantern",
                     *       "username": "book_lantern",
                     *       "first_name": null,
                     *       "last_name": null,
                     *       "phone": null,
                     *       "about": null,
                     *       "members": 1200,
                     *       "joined": true,
                     *       "verified": false,
                     *       "scam": false,
                     *       "has_photo": false
                     *     }
                     */
                    "application/json": components["schemas"]["Peer"];
                };
            };
        };
    };
    list_chat_messages: {
        parameters: {
            query?: {
                /** @description Higher numbers only. */
                after?: number;
                /** @description Lower numbers only. */
                before?: number;
                /** @description Where to go on: `next` of the answer before. */
                cursor?: string;
                /** @description At most so many items. */
                limit?: number;
                /** @description Where the list begins and which way it goes. The bounds and the order are the same with every cursor of it. */
                order?: "newest_first" | "oldest_first";
                /** @description This moment and later. Not together with `after`. */
                since?: string;
                /** @description Before this moment. Not together with `before`. */
                until?: string;
            };
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
                /** @description The chat. */
                chat: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 1053,
                     *           "chat": "channel:1234567890",
                     *           "date": "2026-01-31T12:30:00Z",
                     *           "edit_date": null,
                     *           "out": false,
                     *           "from": null,
                     *           "author": null,
                     *           "text": "Hello",
                     *           "entities": [
                     *             {
                     *               "type": "bold",
                     *               "offset": 0,
                     *               "length": 5
                     *             }
                     *           ],
                     *           "views": 17,
                     *           "forwards": 0,
                     *           "reply_to": null,
                     *           "forward": null,
                     *           "media": null,
                     *           "grouped_id": null,
                     *           "action": null
                     *         }
                     *       ],
                     *       "peers": [
                     *         {
                     *           "ref": "channel:1234567890",
                     *           "type": "channel",
                     *           "id": "1234567890",
                     *           "title": "Book Lantern",
                     *           "username": "book_lantern",
                     *           "first_name": null,
                     *           "last_name": null,
                     *           "phone": null,
                     *           "about": null,
                     *           "members": 1200,
                     *           "joined": true,
                     *           "verified": false,
                     *           "scam": false,
                     *           "has_photo": false
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["LiveMessage"][];
                        next: string | null;
                        /** @description Whom the messages name: writers, sources. */
                        peers: components["schemas"]["Peer"][];
                    };
                };
            };
        };
    };
    get_chat_photo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
                /** @description The chat. */
                chat: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The large form. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /** @example  */
                    "image/gif": string;
                    /** @example  */
                    "image/jpeg": string;
                    /** @example  */
                    "image/png": string;
                    /** @example  */
                    "image/webp": string;
                };
            };
        };
    };
    list_dialogs: {
        parameters: {
            query?: {
                /** @description Where to go on: `next` of the answer before. */
                cursor?: string;
                /** @description At most so many items. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "chat": {
                     *             "ref": "channel:1234567890",
                     *             "type": "channel",
                     *             "id": "1234567890",
                     *             "title": "Book Lantern",
                     *             "username": "book_lantern",
                     *             "first_name": null,
                     *             "last_name": null,
                     *             "phone": null,
                     *             "about": null,
                     *             "members": 1200,
                     *             "joined": true,
                     *             "verified": false,
                     *             "scam": false,
                     *             "has_photo": false
                     *           },
                     *           "pinned": false,
                     *           "unread": 2,
                     *           "last_message": {
                     *             "id": 1053,
                     *             "chat": "channel:1234567890",
                     *             "date": "2026-01-31T12:30:00Z",
                     *             "edit_date": null,
                     *             "out": false,
                     *             "from": null,
                     *             "author": null,
                     *             "text": "Hello",
                     *             "entities": [
                     *               {
                     *                 "type": "bold",
                     *                 "offset": 0,
                     *                 "length": 5
                     *               }
                     *             ],
                     *             "views": 17,
                     *             "forwards": 0,
                     *             "reply_to": null,
                     *             "forward": null,
                     *             "media": null,
                     *             "grouped_id": null,
                     *             "action": null
                     *           }
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Dialog"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    invoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "_": "users.getUsers",
                 *       "id": [
                 *         {
                 *           "_": "inputUserSelf"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    _: string;
                };
            };
        };
        responses: {
            /** @description The answer, in the same form. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "result": [
                     *         {
                     *           "_": "user",
                     *           "id": "8124731874",
                     *           "first_name": "Olha"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        result: unknown;
                    };
                };
            };
        };
    };
    get_login: {
        parameters: {
            query?: {
                /** @description What the caller knows already. */
                revision?: number;
                /** @description Wait so many seconds for a change. */
                wait?: number;
            };
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": 6,
                     *       "way": "phone",
                     *       "status": "needs_code",
                     *       "revision": 1,
                     *       "expires": "2026-01-31T12:30:00Z",
                     *       "code": {
                     *         "type": "app",
                     *         "description": "Telegram sends the login code (5 digits) to the Telegram app on your other devices",
                     *         "length": 5,
                     *         "hint": null,
                     *         "next_type": "sms",
                     *         "resend_after": 60,
                     *         "email_reset_wait": null
                     *       },
                     *       "email": null,
                     *       "password_hint": null,
                     *       "qr": null,
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["TelegramLogin"];
                };
            };
        };
    };
    log_in_bot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "123456:AAF0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                 *     }
                 */
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description Where the login stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": 6,
                     *       "way": "phone",
                     *       "status": "needs_code",
                     *       "revision": 1,
                     *       "expires": "2026-01-31T12:30:00Z",
                     *       "code": {
                     *         "type": "app",
                     *         "description": "Telegram sends the login code (5 digits) to the Telegram app on your other devices",
                     *         "length": 5,
                     *         "hint": null,
                     *         "next_type": "sms",
                     *         "resend_after": 60,
                     *         "email_reset_wait": null
                     *       },
                     *       "email": null,
                     *       "password_hint": null,
                     *       "qr": null,
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["TelegramLogin"];
                };
            };
        };
    };
    cancel_login: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where the login stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": 6,
                     *       "way": "phone",
                     *       "status": "needs_code",
                     *       "revision": 1,
                     *       "expires": "2026-01-31T12:30:00Z",
                     *       "code": {
                     *         "type": "app",
                     *         "description": "Telegram sends the login code (5 digits) to the Telegram app on your other devices",
                     *         "length": 5,
                     *         "hint": null,
                     *         "next_type": "sms",
                     *         "resend_after": 60,
                     *         "email_reset_wait": null
                     *       },
                     *       "email": null,
                     *       "password_hint": null,
                     *       "qr": null,
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["TelegramLogin"];
                };
            };
        };
    };
    enter_login_code: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "12345"
                 *     }
                 */
                "application/json": {
                    code: string;
                };
            };
        };
        responses: {
            /** @description Where the login stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": 6,
                     *       "way": "phone",
                     *       "status": "needs_code",
                     *       "revision": 1,
                     *       "expires": "2026-01-31T12:30:00Z",
                     *       "code": {
                     *         "type": "app",
                     *         "description": "Telegram sends the login code (5 digits) to the Telegram app on your other devices",
                     *         "length": 5,
                     *         "hint": null,
                     *         "next_type": "sms",
                     *         "resend_after": 60,
                     *         "email_reset_wait": null
                     *       },
                     *       "email": null,
                     *       "password_hint": null,
                     *       "qr": null,
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["TelegramLogin"];
                };
            };
        };
    };
    set_up_login_email: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "olha@example.org"
                 *     }
                 */
                "application/json": {
                    email: string;
                };
            };
        };
        responses: {
            /** @description Where the login stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": 6,
                     *       "way": "phone",
                     *       "status": "needs_code",
                     *       "revision": 1,
                     *       "expires": "2026-01-31T12:30:00Z",
                     *       "code": {
                     *         "type": "app",
                     *         "description": "Telegram sends the login code (5 digits) to the Telegram app on your other devices",
                     *         "length": 5,
                     *         "hint": null,
                     *         "next_type": "sms",
                     *         "resend_after": 60,
                     *         "email_reset_wait": null
                     *       },
                     *       "email": null,
                     *       "password_hint": null,
                     *       "qr": null,
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["TelegramLogin"];
                };
            };
        };
    };
    enter_email_code: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456"
                 *     }
                 */
                "application/json": {
                    code: string;
                };
            };
        };
        responses: {
            /** @description Where the login stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": 6,
                     *       "way": "phone",
                     *       "status": "needs_code",
                     *       "revision": 1,
                     *       "expires": "2026-01-31T12:30:00Z",
                     *       "code": {
                     *         "type": "app",
                     *         "description": "Telegram sends the login code (5 digits) to the Telegram app on your other devices",
                     *         "length": 5,
                     *         "hint": null,
                     *         "next_type": "sms",
                     *         "resend_after": 60,
                     *         "email_reset_wait": null
                     *       },
                     *       "email": null,
                     *       "password_hint": null,
                     *       "qr": null,
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["TelegramLogin"];
                };
            };
        };
    };
    reset_login_email: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where the login stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": 6,
                     *       "way": "phone",
                     *       "status": "needs_code",
                     *       "revision": 1,
                     *       "expires": "2026-01-31T12:30:00Z",
                     *       "code": {
                     *         "type": "app",
                     *         "description": "Telegram sends the login code (5 digits) to the Telegram app on your other devices",
                     *         "length": 5,
                     *         "hint": null,
                     *         "next_type": "sms",
                     *         "resend_after": 60,
                     *         "email_reset_wait": null
                     *       },
                     *       "email": null,
                     *       "password_hint": null,
                     *       "qr": null,
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["TelegramLogin"];
                };
            };
        };
    };
    stream_login: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream until the login ends. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example event: login */
                    "text/event-stream": string;
                };
            };
        };
    };
    enter_login_password: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse"
                 *     }
                 */
                "application/json": {
                    password: string;
                };
            };
        };
        responses: {
            /** @description Where the login stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": 6,
                     *       "way": "phone",
                     *       "status": "needs_code",
                     *       "revision": 1,
                     *       "expires": "2026-01-31T12:30:00Z",
                     *       "code": {
                     *         "type": "app",
                     *         "description": "Telegram sends the login code (5 digits) to the Telegram app on your other devices",
                     *         "length": 5,
                     *         "hint": null,
                     *         "next_type": "sms",
                     *         "resend_after": 60,
                     *         "email_reset_wait": null
                     *       },
                     *       "email": null,
                     *       "password_hint": null,
                     *       "qr": null,
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["TelegramLogin"];
                };
            };
        };
    };
    log_in_by_phone: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "phone": "+380441234567"
                 *     }
                 */
                "application/json": {
                    phone?: string;
                };
            };
        };
        responses: {
            /** @description Where the login stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": 6,
                     *       "way": "phone",
                     *       "status": "needs_code",
                     *       "revision": 1,
                     *       "expires": "2026-01-31T12:30:00Z",
                     *       "code": {
                     *         "type": "app",
                     *         "description": "Telegram sends the login code (5 digits) to the Telegram app on your other devices",
                     *         "length": 5,
                     *         "hint": null,
                     *         "next_type": "sms",
                     *         "resend_after": 60,
                     *         "email_reset_wait": null
                     *       },
                     *       "email": null,
                     *       "password_hint": null,
                     *       "qr": null,
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["TelegramLogin"];
                };
            };
        };
    };
    log_in_by_qr: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where the login stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": 6,
                     *       "way": "phone",
                     *       "status": "needs_code",
                     *       "revision": 1,
                     *       "expires": "2026-01-31T12:30:00Z",
                     *       "code": {
                     *         "type": "app",
                     *         "description": "Telegram sends the login code (5 digits) to the Telegram app on your other devices",
                     *         "length": 5,
                     *         "hint": null,
                     *         "next_type": "sms",
                     *         "resend_after": 60,
                     *         "email_reset_wait": null
                     *       },
                     *       "email": null,
                     *       "password_hint": null,
                     *       "qr": null,
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["TelegramLogin"];
                };
            };
        };
    };
    get_qr_login: {
        parameters: {
            query?: {
                /** @description What the caller knows already. */
                revision?: number;
                /** @description Wait so many seconds for a change. */
                wait?: number;
            };
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": 6,
                     *       "way": "phone",
                     *       "status": "needs_code",
                     *       "revision": 1,
                     *       "expires": "2026-01-31T12:30:00Z",
                     *       "code": {
                     *         "type": "app",
                     *         "description": "Telegram sends the login code (5 digits) to the Telegram app on your other devices",
                     *         "length": 5,
                     *         "hint": null,
                     *         "next_type": "sms",
                     *         "resend_after": 60,
                     *         "email_reset_wait": null
                     *       },
                     *       "email": null,
                     *       "password_hint": null,
                     *       "qr": null,
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["TelegramLogin"];
                };
            };
        };
    };
    resend_login_code: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where the login stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": 6,
                     *       "way": "phone",
                     *       "status": "needs_code",
                     *       "revision": 1,
                     *       "expires": "2026-01-31T12:30:00Z",
                     *       "code": {
                     *         "type": "app",
                     *         "description": "Telegram sends the login code (5 digits) to the Telegram app on your other devices",
                     *         "length": 5,
                     *         "hint": null,
                     *         "next_type": "sms",
                     *         "resend_after": 60,
                     *         "email_reset_wait": null
                     *       },
                     *       "email": null,
                     *       "password_hint": null,
                     *       "qr": null,
                     *       "problem": null
                     *     }
                     */
                    "application/json": components["schemas"]["TelegramLogin"];
                };
            };
        };
    };
    log_out_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is logged out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_telegram_me: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As Telegram says at this moment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ref": "channel:1234567890",
                     *       "type": "channel",
                     *       "id": "1234567890",
                     *       "title": "Book Lantern",
                     *       "username": "book_lantern",
                     *       "first_name": null,
                     *       "last_name": null,
                     *       "phone": null,
                     *       "about": null,
                     *       "members": 1200,
                     *       "joined": true,
                     *       "verified": false,
                     *       "scam": false,
                     *       "has_photo": false
                     *     }
                     */
                    "application/json": components["schemas"]["Peer"];
                };
            };
        };
    };
    resolve_link: {
        parameters: {
            query: {
                /** @description `@name`, `https://t.me/name`, `https://t.me/+HASH`. */
                link: string;
            };
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it leads to. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "name",
                     *       "chat": {
                     *         "ref": "channel:1234567890",
                     *         "type": "channel",
                     *         "id": "1234567890",
                     *         "title": "Book Lantern",
                     *         "username": "book_lantern",
                     *         "first_name": null,
                     *         "last_name": null,
                     *         "phone": null,
                     *         "about": null,
                     *         "members": 1200,
                     *         "joined": true,
                     *         "verified": false,
                     *         "scam": false,
                     *         "has_photo": false
                     *       },
                     *       "title": "Book Lantern",
                     *       "about": null,
                     *       "members": 1200,
                     *       "joined": true,
                     *       "request_needed": null
                     *     }
                     */
                    "application/json": components["schemas"]["Resolution"];
                };
            };
        };
    };
    get_account_state: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the account. */
                account: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At this moment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "connected",
                     *       "since": "2026-01-31T12:30:00Z",
                     *       "last_error": null,
                     *       "caught_up": true,
                     *       "channels": 3
                     *     }
                     */
                    "application/json": components["schemas"]["AccountState"];
                };
            };
        };
    };
    list_audit: {
        parameters: {
            query?: {
                /** @description Where to go on: `next` of the answer before. */
                cursor?: string;
                /** @description At most so many items. */
                limit?: number;
                /** @description Only what this user did. */
                user?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "number": 12,
                     *           "at": "2026-01-31T12:30:00Z",
                     *           "user": 1,
                     *           "user_name": "ann",
                     *           "by": "cookie",
                     *           "address": "192.0.2.7",
                     *           "action": "make_token",
                     *           "subject": "token 7",
                     *           "status": 201,
                     *           "request": "5f0c2a91-17"
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["AuditEntry"][];
                        /** @description The `cursor` for what follows; null at the end. */
                        next: string | null;
                    };
                };
            };
        };
    };
    log_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "ann",
                 *       "password": "correct horse battery",
                 *       "totp": "123456"
                 *     }
                 */
                "application/json": {
                    name: string;
                    /** Format: password */
                    password: string;
                    totp?: string;
                };
            };
        };
        responses: {
            /** @description Logged in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user": {
                     *         "id": 1,
                     *         "name": "ann",
                     *         "role": "admin",
                     *         "totp": false,
                     *         "disabled": false,
                     *         "created": "2026-01-31T12:30:00Z",
                     *         "last_login": "2026-02-01T08:00:00Z"
                     *       },
                     *       "csrf_token": "2Zr0t0u3f1l2m5q8y4k7w1x9v3n6b2c5d8g1h4j7a0s",
                     *       "expires": "2026-02-14T12:30:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Login"];
                };
            };
        };
    };
    log_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user": {
                     *         "id": 1,
                     *         "name": "ann",
                     *         "role": "admin",
                     *         "totp": false,
                     *         "disabled": false,
                     *         "created": "2026-01-31T12:30:00Z",
                     *         "last_login": "2026-02-01T08:00:00Z"
                     *       },
                     *       "by": "token",
                     *       "scopes": [
                     *         "read",
                     *         "write"
                     *       ],
                     *       "csrf_token": null
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        by: "session" | "token";
                        csrf_token: string | null;
                        scopes: ("read" | "write" | "telegram" | "admin")[];
                        user: components["schemas"]["User"];
                    };
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current": "correct horse battery",
                 *       "new": "a better one than that"
                 *     }
                 */
                "application/json": {
                    /** Format: password */
                    current: string;
                    /** Format: password */
                    new: string;
                };
            };
        };
        responses: {
            /** @description Changed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All that have not ended. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 3,
                     *           "current": true,
                     *           "created": "2026-01-31T12:30:00Z",
                     *           "last_seen": "2026-02-01T08:00:00Z",
                     *           "expires": "2026-02-14T12:30:00Z",
                     *           "address": "192.0.2.7",
                     *           "agent": "Mozilla/5.0"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Session"][];
                    };
                };
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the session. */
                session: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    set_up: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "the token of the link",
                 *       "name": "ann",
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/json": {
                    name: string;
                    /** Format: password */
                    password: string;
                    token: string;
                };
            };
        };
        responses: {
            /** @description The first admin, logged in. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user": {
                     *         "id": 1,
                     *         "name": "ann",
                     *         "role": "admin",
                     *         "totp": false,
                     *         "disabled": false,
                     *         "created": "2026-01-31T12:30:00Z",
                     *         "last_login": "2026-02-01T08:00:00Z"
                     *       },
                     *       "csrf_token": "2Zr0t0u3f1l2m5q8y4k7w1x9v3n6b2c5d8g1h4j7a0s",
                     *       "expires": "2026-02-14T12:30:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Login"];
                };
            };
        };
    };
    list_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 7,
                     *           "name": "n8n",
                     *           "hint": "lgt_4fQz",
                     *           "scopes": [
                     *             "read",
                     *             "write"
                     *           ],
                     *           "created": "2026-01-31T12:30:00Z",
                     *           "expires": null,
                     *           "last_used": "2026-02-01T08:00:00Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Token"][];
                    };
                };
            };
        };
    };
    make_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "n8n",
                 *       "scopes": [
                 *         "read",
                 *         "write"
                 *       ],
                 *       "expires": null
                 *     }
                 */
                "application/json": {
                    /** Format: date-time */
                    expires?: string | null;
                    name: string;
                    scopes: ("read" | "write" | "telegram" | "admin")[];
                };
            };
        };
        responses: {
            /** @description The token, which is not shown again. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 7,
                     *       "name": "n8n",
                     *       "hint": "lgt_4fQz",
                     *       "scopes": [
                     *         "read",
                     *         "write"
                     *       ],
                     *       "created": "2026-01-31T12:30:00Z",
                     *       "expires": null,
                     *       "last_used": null,
                     *       "token": "lgt_4fQzWm0X3c7b1n5d9f2h6k8p4r0t3v7x1z5A9C2E6G8"
                     *     }
                     */
                    "application/json": components["schemas"]["NewToken"];
                };
            };
        };
    };
    remove_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the token. */
                token: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is of no use any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    begin_totp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/json": {
                    /** Format: password */
                    password: string;
                };
            };
        };
        responses: {
            /** @description The secret, in Base32, and as a link that apps take as a QR code. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
                     *       "uri": "otpauth://totp/Ledgram:ann?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Ledgram"
                     *     }
                     */
                    "application/json": {
                        secret: string;
                        uri: string;
                    };
                };
            };
        };
    };
    confirm_totp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456"
                 *     }
                 */
                "application/json": {
                    code: string;
                };
            };
        };
        responses: {
            /** @description Every login needs a code from now on. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    remove_totp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse battery"
                 *     }
                 */
                "application/json": {
                    /** Format: password */
                    password: string;
                };
            };
        };
        responses: {
            /** @description Logins need no code any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_channels: {
        parameters: {
            query?: {
                /** @description Where to go on: `next` of the answer before. */
                cursor?: string;
                /** @description At most so many items. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "1234567890",
                     *           "username": "book_lantern",
                     *           "title": "Book Lantern",
                     *           "kind": "broadcast",
                     *           "account": 6,
                     *           "live": true,
                     *           "collecting": false,
                     *           "last_activity": "2026-01-31T12:30:00Z",
                     *           "last_collect": "2026-01-31T12:30:00Z",
                     *           "completeness": {
                     *             "complete": true,
                     *             "newest_id": 1053,
                     *             "known_ids": 1053,
                     *             "missing_ids": 0,
                     *             "holes": [],
                     *             "messages": 1040,
                     *             "deleted": 4
                     *           }
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Channel"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    follow_channel: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "channel": "@book_lantern",
                 *       "account": 6
                 *     }
                 */
                "application/json": {
                    account?: number | null;
                    /** @description `@name`, a link to it, or `channel:123` of a channel that the account has met. */
                    channel: string;
                };
            };
        };
        responses: {
            /** @description You followed it before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "1234567890",
                     *       "username": "book_lantern",
                     *       "title": "Book Lantern",
                     *       "kind": "broadcast",
                     *       "account": 6,
                     *       "live": true,
                     *       "collecting": false,
                     *       "last_activity": "2026-01-31T12:30:00Z",
                     *       "last_collect": "2026-01-31T12:30:00Z",
                     *       "completeness": {
                     *         "complete": true,
                     *         "newest_id": 1053,
                     *         "known_ids": 1053,
                     *         "missing_ids": 0,
                     *         "holes": [],
                     *         "messages": 1040,
                     *         "deleted": 4
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Channel"];
                };
            };
            /** @description You follow it now. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "1234567890",
                     *       "username": "book_lantern",
                     *       "title": "Book Lantern",
                     *       "kind": "broadcast",
                     *       "account": 6,
                     *       "live": true,
                     *       "collecting": false,
                     *       "last_activity": "2026-01-31T12:30:00Z",
                     *       "last_collect": "2026-01-31T12:30:00Z",
                     *       "completeness": {
                     *         "complete": true,
                     *         "newest_id": 1053,
                     *         "known_ids": 1053,
                     *         "missing_ids": 0,
                     *         "holes": [],
                     *         "messages": 1040,
                     *         "deleted": 4
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Channel"];
                };
            };
        };
    };
    get_channel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Telegram's number of the channel. */
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The channel. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "1234567890",
                     *       "username": "book_lantern",
                     *       "title": "Book Lantern",
                     *       "kind": "broadcast",
                     *       "account": 6,
                     *       "live": true,
                     *       "collecting": false,
                     *       "last_activity": "2026-01-31T12:30:00Z",
                     *       "last_collect": "2026-01-31T12:30:00Z",
                     *       "completeness": {
                     *         "complete": true,
                     *         "newest_id": 1053,
                     *         "known_ids": 1053,
                     *         "missing_ids": 0,
                     *         "holes": [],
                     *         "messages": 1040,
                     *         "deleted": 4
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Channel"];
                };
            };
        };
    };
    unfollow_channel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Telegram's number of the channel. */
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description You do not follow it any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_channel_activity: {
        parameters: {
            query?: {
                /** @description How many days. */
                days?: number;
                /** @description By how many minutes the clock whose days are meant is ahead of UTC. */
                offset?: number;
                /** @description A moment of the last day; now if it is left out. */
                until?: string;
            };
            header?: never;
            path: {
                /** @description Telegram's number of the channel. */
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One entry a day, the oldest first. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "days": [
                     *         {
                     *           "day": "2026-01-30",
                     *           "messages": 0
                     *         },
                     *         {
                     *           "day": "2026-01-31",
                     *           "messages": 17
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Activity"];
                };
            };
        };
    };
    get_collection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Telegram's number of the channel. */
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description At this moment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "running": false,
                     *       "posts_added": 11,
                     *       "pages": 1,
                     *       "posts_per_second": 27.5,
                     *       "total": 1040,
                     *       "began": "2026-01-31T12:30:00Z",
                     *       "ended": "2026-01-31T12:30:00Z",
                     *       "waiting_until": null,
                     *       "problem": null,
                     *       "completeness": {
                     *         "complete": true,
                     *         "newest_id": 1053,
                     *         "known_ids": 1053,
                     *         "missing_ids": 0,
                     *         "holes": [],
                     *         "messages": 1040,
                     *         "deleted": 4
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Collection"];
                };
            };
        };
    };
    collect_channel: {
        parameters: {
            query?: {
                /** @description Seconds to wait for it. */
                wait?: number;
            };
            header?: never;
            path: {
                /** @description Telegram's number of the channel. */
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All is read. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "running": false,
                     *       "posts_added": 11,
                     *       "pages": 1,
                     *       "posts_per_second": 27.5,
                     *       "total": 1040,
                     *       "began": "2026-01-31T12:30:00Z",
                     *       "ended": "2026-01-31T12:30:00Z",
                     *       "waiting_until": null,
                     *       "problem": null,
                     *       "completeness": {
                     *         "complete": true,
                     *         "newest_id": 1053,
                     *         "known_ids": 1053,
                     *         "missing_ids": 0,
                     *         "holes": [],
                     *         "messages": 1040,
                     *         "deleted": 4
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Collection"];
                };
            };
            /** @description It goes on. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "running": true,
                     *       "posts_added": 11,
                     *       "pages": 1,
                     *       "posts_per_second": 27.5,
                     *       "total": 1040,
                     *       "began": "2026-01-31T12:30:00Z",
                     *       "ended": null,
                     *       "waiting_until": null,
                     *       "problem": null,
                     *       "completeness": {
                     *         "complete": true,
                     *         "newest_id": 1053,
                     *         "known_ids": 1053,
                     *         "missing_ids": 0,
                     *         "holes": [],
                     *         "messages": 1040,
                     *         "deleted": 4
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Collection"];
                };
            };
        };
    };
    list_channel_posts: {
        parameters: {
            query?: {
                /** @description The signature, or the number of the sender in a group. */
                author?: string;
                /** @description Where to go on: `next` of the answer before. */
                cursor?: string;
                /** @description Posts that were deleted as well. */
                deleted?: boolean;
                /** @description With or without a link. */
                has_link?: boolean;
                /** @description With or without a photo, video or file; a link's preview is none. */
                has_media?: boolean;
                /** @description At most so many items. */
                limit?: number;
                /** @description The same with every cursor of a list. */
                order?: "newest_first" | "oldest_first";
                /** @description Service messages as well. */
                service?: boolean;
                /** @description This moment and later. */
                since?: string;
                /** @description Part of the text, whatever the case. For words in many posts /api/v1/search is faster. */
                text?: string;
                /** @description Before this moment. */
                until?: string;
            };
            header?: never;
            path: {
                /** @description Telegram's number of the channel. */
                channel: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of posts in the order that was asked for. It may hold fewer than `limit`, even none; `next` is null after the last. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 1042,
                     *           "channel_id": "1234567890",
                     *           "channel": "daily_news",
                     *           "channel_title": "Daily News",
                     *           "date": "2026-01-31T12:30:00Z",
                     *           "edit_date": null,
                     *           "text": "The bridge is open again.",
                     *           "entities": [
                     *             {
                     *               "type": "bold",
                     *               "offset": 4,
                     *               "length": 6
                     *             }
                     *           ],
                     *           "views": 1200,
                     *           "forwards": 7,
                     *           "url": "https://t.me/daily_news/1042",
                     *           "author": null,
                     *           "from": null,
                     *           "reply_to": null,
                     *           "grouped_id": null,
                     *           "forward": null,
                     *           "media": {
                     *             "kind": "photo",
                     *             "width": 1280,
                     *             "height": 720
                     *           },
                     *           "action": null,
                     *           "deleted": false
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": components["schemas"]["PostList"];
                };
            };
        };
    };
    get_post: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Telegram's number of the channel. */
                channel: string;
                /** @description Number of the message in it. */
                post: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The post. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1042,
                     *       "channel_id": "1234567890",
                     *       "channel": "daily_news",
                     *       "channel_title": "Daily News",
                     *       "date": "2026-01-31T12:30:00Z",
                     *       "edit_date": null,
                     *       "text": "The bridge is open again.",
                     *       "entities": [
                     *         {
                     *           "type": "bold",
                     *           "offset": 4,
                     *           "length": 6
                     *         }
                     *       ],
                     *       "views": 1200,
                     *       "forwards": 7,
                     *       "url": "https://t.me/daily_news/1042",
                     *       "author": null,
                     *       "from": null,
                     *       "reply_to": null,
                     *       "grouped_id": null,
                     *       "forward": null,
                     *       "media": {
                     *         "kind": "photo",
                     *         "width": 1280,
                     *         "height": 720
                     *       },
                     *       "action": null,
                     *       "deleted": false,
                     *       "versions": [
                     *         {
                     *           "edit_date": null,
                     *           "replaced_at": "2026-01-31T12:45:00Z",
                     *           "text": "The bridge is open.",
                     *           "entities": [],
                     *           "media": null
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PostWithVersions"];
                };
            };
        };
    };
    stream_events: {
        parameters: {
            query?: {
                /** @description Only events of these accounts, by `account_id`. */
                account?: string[];
                /** @description Signals of activity in chats of your accounts as well, also of those of which nothing is stored. For members; tokens need the scope `telegram`. `type` and `channel` are not about them. */
                activity?: boolean;
                /** @description Only events of these channels. */
                channel?: string[];
                /** @description The first number to send; without it, what happens from now on. */
                from?: number;
                /** @description Seconds between two signs of life. */
                heartbeat?: number;
                /** @description Only these types. */
                type?: ("message.new" | "message.edited" | "message.deleted" | "channel.updated" | "account.state" | "hole.opened" | "hole.closed")[];
            };
            header?: {
                /** @description The last event that was received; browsers send it by themselves. Counts more than `from`. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A WebSocket (RFC 6455). */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Server-sent events: `id` is the number, `event` the type, `data` the JSON object. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example id: 1042
                     *     event: message.new
                     *     data: {"number":1042,"type":"message.new","data":{}}
                     */
                    "text/event-stream": string;
                };
            };
        };
    };
    list_feeds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "3",
                     *           "title": "Bridges",
                     *           "channel_id": null,
                     *           "search": "bridge -rail",
                     *           "created": "2026-01-31T12:30:00Z"
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Feed"][];
                        next: null;
                    };
                };
            };
        };
    };
    create_feed: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "search": "bridge -rail",
                 *       "title": "Bridges"
                 *     }
                 */
                "application/json": {
                    /** @description A number as decimal text, since it can exceed 2^53. */
                    channel?: string;
                    search?: string;
                    title?: string;
                };
            };
        };
        responses: {
            /** @description The feed with its secret addresses. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "3",
                     *       "title": "Bridges",
                     *       "channel_id": null,
                     *       "search": "bridge -rail",
                     *       "created": "2026-01-31T12:30:00Z",
                     *       "token": "feed_Zm9v",
                     *       "rss": "/feeds/feed_Zm9v/rss",
                     *       "atom": "/feeds/feed_Zm9v/atom"
                     *     }
                     */
                    "application/json": components["schemas"]["NewFeed"];
                };
            };
        };
    };
    delete_feed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the feed. */
                feed: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its addresses lead nowhere now. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_posts: {
        parameters: {
            query?: {
                /** @description The signature, or the number of the sender in a group. */
                author?: string;
                /** @description Only these channels; those that you do not follow have no posts. */
                channel?: string[];
                /** @description Where to go on: `next` of the answer before. */
                cursor?: string;
                /** @description Posts that were deleted as well. */
                deleted?: boolean;
                /** @description With or without a link. */
                has_link?: boolean;
                /** @description With or without a photo, video or file; a link's preview is none. */
                has_media?: boolean;
                /** @description At most so many items. */
                limit?: number;
                /** @description The same with every cursor of a list. */
                order?: "newest_first" | "oldest_first";
                /** @description Service messages as well. */
                service?: boolean;
                /** @description This moment and later. */
                since?: string;
                /** @description Part of the text, whatever the case. For words in many posts /api/v1/search is faster. */
                text?: string;
                /** @description Before this moment. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of posts in the order that was asked for. It may hold fewer than `limit`, even none; `next` is null after the last. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 1042,
                     *           "channel_id": "1234567890",
                     *           "channel": "daily_news",
                     *           "channel_title": "Daily News",
                     *           "date": "2026-01-31T12:30:00Z",
                     *           "edit_date": null,
                     *           "text": "The bridge is open again.",
                     *           "entities": [
                     *             {
                     *               "type": "bold",
                     *               "offset": 4,
                     *               "length": 6
                     *             }
                     *           ],
                     *           "views": 1200,
                     *           "forwards": 7,
                     *           "url": "https://t.me/daily_news/1042",
                     *           "author": null,
                     *           "from": null,
                     *           "reply_to": null,
                     *           "grouped_id": null,
                     *           "forward": null,
                     *           "media": {
                     *             "kind": "photo",
                     *             "width": 1280,
                     *             "height": 720
                     *           },
                     *           "action": null,
                     *           "deleted": false
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": components["schemas"]["PostList"];
                };
            };
        };
    };
    search_posts: {
        parameters: {
            query: {
                /** @description Words of the signature, or the number of the sender in a group. */
                author?: string;
                /** @description Only these channels. */
                channel?: string[];
                /** @description Where to go on: `next` of the answer before. */
                cursor?: string;
                /** @description At most so many items. */
                limit?: number;
                /** @description Words that a post must have, "phrases", beginnings of words with * (three letters at least), and -words that it must not have. */
                q: string;
                /** @description This moment and later. */
                since?: string;
                /** @description Before this moment. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of posts. It may hold fewer than `limit`, even none; `next` is null after the last. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 1042,
                     *           "channel_id": "1234567890",
                     *           "channel": "daily_news",
                     *           "channel_title": "Daily News",
                     *           "date": "2026-01-31T12:30:00Z",
                     *           "edit_date": null,
                     *           "text": "The bridge is open again.",
                     *           "entities": [
                     *             {
                     *               "type": "bold",
                     *               "offset": 4,
                     *               "length": 6
                     *             }
                     *           ],
                     *           "views": 1200,
                     *           "forwards": 7,
                     *           "url": "https://t.me/daily_news/1042",
                     *           "author": null,
                     *           "from": null,
                     *           "reply_to": null,
                     *           "grouped_id": null,
                     *           "forward": null,
                     *           "media": {
                     *             "kind": "photo",
                     *             "width": 1280,
                     *             "height": 720
                     *           },
                     *           "action": null,
                     *           "deleted": false,
                     *           "highlights": [
                     *             {
                     *               "offset": 4,
                     *               "length": 6
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "next": null,
                     *       "behind": 0
                     *     }
                     */
                    "application/json": components["schemas"]["SearchPage"];
                };
            };
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description Where to go on: `next` of the answer before. */
                cursor?: string;
                /** @description At most so many items. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By number. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 1,
                     *           "name": "ann",
                     *           "role": "admin",
                     *           "totp": false,
                     *           "disabled": false,
                     *           "created": "2026-01-31T12:30:00Z",
                     *           "last_login": "2026-02-01T08:00:00Z"
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["User"][];
                        /** @description The `cursor` for what follows; null at the end. */
                        next: string | null;
                    };
                };
            };
        };
    };
    make_user: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "ben",
                 *       "password": "correct horse battery",
                 *       "role": "member"
                 *     }
                 */
                "application/json": {
                    name: string;
                    /** Format: password */
                    password: string;
                    /** @enum {string} */
                    role: "viewer" | "member" | "admin";
                };
            };
        };
        responses: {
            /** @description The user. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "ann",
                     *       "role": "admin",
                     *       "totp": false,
                     *       "disabled": false,
                     *       "created": "2026-01-31T12:30:00Z",
                     *       "last_login": "2026-02-01T08:00:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    get_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the user. */
                user: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "ann",
                     *       "role": "admin",
                     *       "totp": false,
                     *       "disabled": false,
                     *       "created": "2026-01-31T12:30:00Z",
                     *       "last_login": "2026-02-01T08:00:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    remove_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the user. */
                user: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the user. */
                user: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "viewer"
                 *     }
                 */
                "application/json": {
                    disabled?: boolean;
                    /** Format: password */
                    password?: string;
                    /** @enum {string} */
                    role?: "viewer" | "member" | "admin";
                    /** @enum {string} */
                    totp?: "remove";
                };
            };
        };
        responses: {
            /** @description The user as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "name": "ann",
                     *       "role": "admin",
                     *       "totp": false,
                     *       "disabled": false,
                     *       "created": "2026-01-31T12:30:00Z",
                     *       "last_login": "2026-02-01T08:00:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: {
                /** @description Where to go on: `next` of the answer before. */
                cursor?: string;
                /** @description At most so many items. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By number. */
            200: {
                headers: {
                    /** @description For If-None-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 3,
                     *           "user": 1,
                     *           "name": "n8n",
                     *           "url": "https://n8n.example.org/webhook/4f1d",
                     *           "types": [
                     *             "message.new"
                     *           ],
                     *           "channels": [
                     *             "1234567890"
                     *           ],
                     *           "accounts": [],
                     *           "state": "active",
                     *           "position": 1042,
                     *           "last_event": 1042,
                     *           "attempts": 0,
                     *           "failing_since": null,
                     *           "next_try": null,
                     *           "last_error": {
                     *             "at": "2026-01-31T12:29:00.000Z",
                     *             "status": 503,
                     *             "message": "the receiver answered 503"
                     *           },
                     *           "last_success": "2026-01-31T12:30:00.250Z",
                     *           "delivered": 512,
                     *           "created": "2026-01-30T08:00:00.000Z"
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Webhook"][];
                        next: string | null;
                    };
                };
            };
        };
    };
    create_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "n8n",
                 *       "url": "https://n8n.example.org/webhook/4f1d",
                 *       "types": [
                 *         "message.new"
                 *       ],
                 *       "channels": [
                 *         "1234567890"
                 *       ]
                 *     }
                 */
                "application/json": {
                    accounts?: number[];
                    channels?: string[];
                    /** @description The first event; without it the next one that happens. */
                    from?: number;
                    name?: string;
                    /** @description Empty: all. */
                    types?: ("message.new" | "message.edited" | "message.deleted" | "channel.updated" | "account.state" | "hole.opened" | "hole.closed")[];
                    /** @description Begins with https:// or http://; a public address. */
                    url: string;
                };
            };
        };
        responses: {
            /** @description The webhook with its secret, which is not shown again. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 3,
                     *       "user": 1,
                     *       "name": "n8n",
                     *       "url": "https://n8n.example.org/webhook/4f1d",
                     *       "types": [
                     *         "message.new"
                     *       ],
                     *       "channels": [
                     *         "1234567890"
                     *       ],
                     *       "accounts": [],
                     *       "state": "active",
                     *       "position": 1042,
                     *       "last_event": 1042,
                     *       "attempts": 0,
                     *       "failing_since": null,
                     *       "next_try": null,
                     *       "last_error": {
                     *         "at": "2026-01-31T12:29:00.000Z",
                     *         "status": 503,
                     *         "message": "the receiver answered 503"
                     *       },
                     *       "last_success": "2026-01-31T12:30:00.250Z",
                     *       "delivered": 512,
                     *       "created": "2026-01-30T08:00:00.000Z",
                     *       "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD0nDHyCxOsSw="
                     *     }
                     */
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
        };
    };
    get_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 3,
                     *       "user": 1,
                     *       "name": "n8n",
                     *       "url": "https://n8n.example.org/webhook/4f1d",
                     *       "types": [
                     *         "message.new"
                     *       ],
                     *       "channels": [
                     *         "1234567890"
                     *       ],
                     *       "accounts": [],
                     *       "state": "active",
                     *       "position": 1042,
                     *       "last_event": 1042,
                     *       "attempts": 0,
                     *       "failing_since": null,
                     *       "next_try": null,
                     *       "last_error": {
                     *         "at": "2026-01-31T12:29:00.000Z",
                     *         "status": 503,
                     *         "message": "the receiver answered 503"
                     *       },
                     *       "last_success": "2026-01-31T12:30:00.250Z",
                     *       "delivered": 512,
                     *       "created": "2026-01-30T08:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    delete_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "types": [
                 *         "message.new"
                 *       ]
                 *     }
                 */
                "application/json": {
                    accounts?: number[];
                    channels?: string[];
                    name?: string;
                    /** @description Empty: all. */
                    types?: ("message.new" | "message.edited" | "message.deleted" | "channel.updated" | "account.state" | "hole.opened" | "hole.closed")[];
                    /** @description Begins with https:// or http://; a public address. */
                    url?: string;
                };
            };
        };
        responses: {
            /** @description The webhook as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 3,
                     *       "user": 1,
                     *       "name": "n8n",
                     *       "url": "https://n8n.example.org/webhook/4f1d",
                     *       "types": [
                     *         "message.new"
                     *       ],
                     *       "channels": [
                     *         "1234567890"
                     *       ],
                     *       "accounts": [],
                     *       "state": "active",
                     *       "position": 1042,
                     *       "last_event": 1042,
                     *       "attempts": 0,
                     *       "failing_since": null,
                     *       "next_try": null,
                     *       "last_error": {
                     *         "at": "2026-01-31T12:29:00.000Z",
                     *         "status": 503,
                     *         "message": "the receiver answered 503"
                     *       },
                     *       "last_success": "2026-01-31T12:30:00.250Z",
                     *       "delivered": 512,
                     *       "created": "2026-01-30T08:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    pause_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook, paused. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 3,
                     *       "user": 1,
                     *       "name": "n8n",
                     *       "url": "https://n8n.example.org/webhook/4f1d",
                     *       "types": [
                     *         "message.new"
                     *       ],
                     *       "channels": [
                     *         "1234567890"
                     *       ],
                     *       "accounts": [],
                     *       "state": "active",
                     *       "position": 1042,
                     *       "last_event": 1042,
                     *       "attempts": 0,
                     *       "failing_since": null,
                     *       "next_try": null,
                     *       "last_error": {
                     *         "at": "2026-01-31T12:29:00.000Z",
                     *         "status": 503,
                     *         "message": "the receiver answered 503"
                     *       },
                     *       "last_success": "2026-01-31T12:30:00.250Z",
                     *       "delivered": 512,
                     *       "created": "2026-01-30T08:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    replay_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "from": 1000
                 *     }
                 */
                "application/json": {
                    from: number;
                };
            };
        };
        responses: {
            /** @description The webhook with its new position. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 3,
                     *       "user": 1,
                     *       "name": "n8n",
                     *       "url": "https://n8n.example.org/webhook/4f1d",
                     *       "types": [
                     *         "message.new"
                     *       ],
                     *       "channels": [
                     *         "1234567890"
                     *       ],
                     *       "accounts": [],
                     *       "state": "active",
                     *       "position": 1042,
                     *       "last_event": 1042,
                     *       "attempts": 0,
                     *       "failing_since": null,
                     *       "next_try": null,
                     *       "last_error": {
                     *         "at": "2026-01-31T12:29:00.000Z",
                     *         "status": 503,
                     *         "message": "the receiver answered 503"
                     *       },
                     *       "last_success": "2026-01-31T12:30:00.250Z",
                     *       "delivered": 512,
                     *       "created": "2026-01-30T08:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    resume_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook, active. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 3,
                     *       "user": 1,
                     *       "name": "n8n",
                     *       "url": "https://n8n.example.org/webhook/4f1d",
                     *       "types": [
                     *         "message.new"
                     *       ],
                     *       "channels": [
                     *         "1234567890"
                     *       ],
                     *       "accounts": [],
                     *       "state": "active",
                     *       "position": 1042,
                     *       "last_event": 1042,
                     *       "attempts": 0,
                     *       "failing_since": null,
                     *       "next_try": null,
                     *       "last_error": {
                     *         "at": "2026-01-31T12:29:00.000Z",
                     *         "status": 503,
                     *         "message": "the receiver answered 503"
                     *       },
                     *       "last_success": "2026-01-31T12:30:00.250Z",
                     *       "delivered": 512,
                     *       "created": "2026-01-30T08:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    renew_webhook_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The secret, which is not shown again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD0nDHyCxOsSw="
                     *     }
                     */
                    "application/json": {
                        secret: string;
                    };
                };
            };
        };
    };
    test_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The number of the webhook. */
                webhook: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accepted": false,
                     *       "status": 404,
                     *       "error": "the receiver answered 404",
                     *       "took_ms": 41
                     *     }
                     */
                    "application/json": components["schemas"]["WebhookTest"];
                };
            };
        };
    };
    get_readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Everything works. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready",
                     *       "not_ready": []
                     *     }
                     */
                    "application/json": {
                        not_ready: string[];
                        /** @enum {string} */
                        status: "ready" | "not_ready";
                    };
                };
            };
        };
    };
    get_version: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "ledgram",
                     *       "version": "0.1.0"
                     *     }
                     */
                    "application/json": {
                        /** @enum {string} */
                        name: "ledgram";
                        version: string;
                    };
                };
            };
        };
    };
}
