// Command tgtest runs gotd's own test server as a small Telegram that Ledgram's client must get along with: login by code, one
// channel, its history. It writes ready.json and public.pem into the folder that is its only argument, as ledgram-sim does,
// prints the ready line, and ends when its standard input does.
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gotd/td/bin"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/tgerr"
	"github.com/gotd/td/tgtest"
	"github.com/gotd/td/transport"
)

const (
	dc          = 2
	username    = "tgtest"
	channelID   = 1234567
	channelHash = 7654321
	userID      = 42
	posts       = 250
	firstDate   = 1700000000
	codeHash    = "hash"
)

// Text of a post; the test expects the same.
func textOf(id int) string { return fmt.Sprintf("Post %d of gotd's server, допис", id) }

type telegram struct {
	port int

	mux    sync.Mutex
	logged map[int64]bool // by the number of the authorization key
	phone  string
}

func (t *telegram) channel() *tg.Channel {
	channel := &tg.Channel{ID: channelID, Title: "A channel of gotd", Broadcast: true, Left: true,
		Photo: &tg.ChatPhotoEmpty{}, Date: firstDate}
	channel.SetAccessHash(channelHash)
	channel.SetUsername(username)
	return channel
}

func (t *telegram) user() *tg.User {
	user := &tg.User{ID: userID, Self: true}
	user.SetAccessHash(1)
	user.SetFirstName("Test")
	user.SetPhone(t.phone)
	return user
}

func (t *telegram) config() *tg.Config {
	now := int(time.Now().Unix())
	return &tg.Config{Date: now, Expires: now + 3600, ThisDC: dc, DCTxtDomainName: "example.org", MeURLPrefix: "https://t.me/",
		DCOptions: []tg.DCOption{{ID: dc, IPAddress: "127.0.0.1", Port: t.port}}}
}

func (t *telegram) signIn(key int64, r *tg.AuthSignInRequest) (bin.Encoder, error) {
	if r.PhoneCodeHash != codeHash || r.PhoneCode != "22222" {
		return nil, tgerr.New(400, "PHONE_CODE_INVALID")
	}
	t.mux.Lock()
	defer t.mux.Unlock()
	t.logged[key] = true
	t.phone = r.PhoneNumber
	return &tg.AuthAuthorization{User: t.user()}, nil
}

func (t *telegram) history(r *tg.MessagesGetHistoryRequest) (bin.Encoder, error) {
	peer, ok := r.Peer.(*tg.InputPeerChannel)
	if !ok || peer.ChannelID != channelID || peer.AccessHash != channelHash {
		return nil, tgerr.New(400, "PEER_ID_INVALID")
	}
	// Position 0 is the newest post; add_offset moves the window towards older ones.
	from := 0
	if r.OffsetID > 0 {
		from = posts - r.OffsetID + 1
	}
	from = max(from+r.AddOffset, 0)
	page := &tg.MessagesChannelMessages{Pts: posts, Count: posts, Chats: []tg.ChatClass{t.channel()}}
	for at := from; at < posts && len(page.Messages) < min(r.Limit, 100); at++ {
		id := posts - at
		if r.MinID != 0 && id <= r.MinID {
			break
		}
		page.Messages = append(page.Messages, &tg.Message{ID: id, Post: true, PeerID: &tg.PeerChannel{ChannelID: channelID},
			Date: firstDate + id, Message: textOf(id)})
	}
	return page, nil
}

// answer decodes one request and carries it out.
func (t *telegram) answer(key int64, buf *bin.Buffer) (bin.Encoder, error) {
	id, err := buf.PeekID()
	if err != nil {
		return nil, err
	}
	request, known := map[uint32]bin.Object{
		tg.HelpGetConfigRequestTypeID:           &tg.HelpGetConfigRequest{},
		tg.AuthSendCodeRequestTypeID:            &tg.AuthSendCodeRequest{},
		tg.AuthSignInRequestTypeID:              &tg.AuthSignInRequest{},
		tg.UsersGetUsersRequestTypeID:           &tg.UsersGetUsersRequest{},
		tg.UpdatesGetStateRequestTypeID:         &tg.UpdatesGetStateRequest{},
		tg.ContactsResolveUsernameRequestTypeID: &tg.ContactsResolveUsernameRequest{},
		tg.ChannelsGetChannelsRequestTypeID:     &tg.ChannelsGetChannelsRequest{},
		tg.MessagesGetHistoryRequestTypeID:      &tg.MessagesGetHistoryRequest{},
	}[id]
	if !known {
		fmt.Fprintf(os.Stderr, "asked for %#x\n", id)
		return nil, tgerr.New(400, "METHOD_NOT_IMPLEMENTED")
	}
	if err := request.Decode(buf); err != nil {
		return nil, err
	}
	t.mux.Lock()
	logged := t.logged[key]
	t.mux.Unlock()
	switch r := request.(type) {
	case *tg.HelpGetConfigRequest:
		return t.config(), nil
	case *tg.AuthSendCodeRequest:
		return &tg.AuthSentCode{Type: &tg.AuthSentCodeTypeApp{Length: 5}, PhoneCodeHash: codeHash}, nil
	case *tg.AuthSignInRequest:
		return t.signIn(key, r)
	}
	if !logged {
		return nil, tgerr.New(401, "AUTH_KEY_UNREGISTERED")
	}
	switch r := request.(type) {
	case *tg.UsersGetUsersRequest:
		return &tg.UserClassVector{Elems: []tg.UserClass{t.user()}}, nil
	case *tg.UpdatesGetStateRequest:
		return &tg.UpdatesState{Pts: 1, Qts: 1, Date: int(time.Now().Unix()), Seq: 1}, nil
	case *tg.ContactsResolveUsernameRequest:
		if r.Username != username {
			return nil, tgerr.New(400, "USERNAME_NOT_OCCUPIED")
		}
		return &tg.ContactsResolvedPeer{Peer: &tg.PeerChannel{ChannelID: channelID}, Chats: []tg.ChatClass{t.channel()}}, nil
	case *tg.ChannelsGetChannelsRequest:
		return &tg.MessagesChats{Chats: []tg.ChatClass{t.channel()}}, nil
	case *tg.MessagesGetHistoryRequest:
		return t.history(r)
	}
	return nil, tgerr.New(500, "UNREACHABLE")
}

func (t *telegram) OnMessage(server *tgtest.Server, req *tgtest.Request) error {
	if id, err := req.Buf.PeekID(); err == nil && isService(id) {
		return nil
	}
	result, err := t.answer(req.Session.AuthKey.IntID(), req.Buf)
	if err != nil {
		return err
	}
	return server.SendResult(req, result)
}

// isService tells msgs_ack and its kind, which need no answer, from requests.
func isService(id uint32) bool {
	return id == 0x62d6b459 // msgs_ack, core.telegram.org/mtproto/service_messages_about_messages
}

func serve(folder string) error {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := listener.Addr().(*net.TCPAddr).Port
	public := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&private.PublicKey)})
	if err := os.WriteFile(filepath.Join(folder, "public.pem"), public, 0o600); err != nil {
		return err
	}
	ready, err := json.Marshal(map[string]any{"event": "ready", "public_key": filepath.Join(folder, "public.pem"),
		"dcs": []map[string]any{{"id": dc, "host": "127.0.0.1", "port": port}}})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "ready.json"), ready, 0o600); err != nil {
		return err
	}
	handler := &telegram{port: port, logged: map[int64]bool{}}
	server := tgtest.NewServer(tgtest.NewPrivateKey(private), tgtest.UnpackInvoke(handler), tgtest.ServerOptions{DC: dc})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, os.Stdin)
	}()
	fmt.Println(string(ready))
	return server.Serve(ctx, transport.Listen(listener))
}

func main() {
	if err := serve(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
