// Command client is gotd/td as a judge; tests/conformance/foreign.py says what a judge reads and writes.
package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"

	"github.com/gotd/td/crypto"
	"github.com/gotd/td/session"
	"github.com/gotd/td/telegram"
	"github.com/gotd/td/telegram/auth"
	"github.com/gotd/td/telegram/dcs"
	"github.com/gotd/td/telegram/query/messages"
	"github.com/gotd/td/telegram/updates"
	"github.com/gotd/td/tg"
	"github.com/gotd/td/transport"
)

type address struct {
	ID   int    `json:"id"`
	Host string `json:"host"`
	Port int    `json:"port"`
}

type config struct {
	DCs     []address `json:"dcs"`
	MTProxy struct {
		Host   string `json:"host"`
		Port   int    `json:"port"`
		Secret string `json:"secret"`
	} `json:"mtproxy"`
	PublicKey string `json:"public_key"`
	Transport string `json:"transport"`
}

type request struct {
	ID       int    `json:"id"`
	Do       string `json:"do"`
	Phone    string `json:"phone"`
	Code     string `json:"code"`
	Password string `json:"password"`
	Token    string `json:"token"`
	Channel  string `json:"channel"`
}

type post struct {
	ID   int    `json:"id"`
	Date int    `json:"date"`
	Text string `json:"text"`
}

var output sync.Mutex

func say(line map[string]any) {
	output.Lock()
	defer output.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(line)
}

func text(message any) string {
	if plain, ok := message.(*tg.Message); ok {
		return plain.Message
	}
	return ""
}

type judge struct {
	client  *telegram.Client
	manager *updates.Manager
	watched int64
	self    *tg.User
}

func (j *judge) logged(authorization *tg.AuthAuthorization, err error) (any, error) {
	switch {
	case errors.Is(err, auth.ErrPasswordAuthNeeded):
		return nil, errors.New("SESSION_PASSWORD_NEEDED")
	case errors.Is(err, auth.ErrPasswordInvalid):
		return nil, errors.New("PASSWORD_HASH_INVALID")
	case err != nil:
		return nil, err
	}
	j.self = authorization.User.(*tg.User)
	return map[string]any{"phone": j.self.Phone, "bot": j.self.Bot}, nil
}

func (j *judge) login(ctx context.Context, r request) (any, error) {
	sent, err := j.client.Auth().SendCode(ctx, r.Phone, auth.SendCodeOptions{})
	if err != nil {
		return nil, err
	}
	return j.logged(j.client.Auth().SignIn(ctx, r.Phone, r.Code, sent.(*tg.AuthSentCode).PhoneCodeHash))
}

func (j *judge) resolve(ctx context.Context, name string) (*tg.Channel, error) {
	found, err := j.client.API().ContactsResolveUsername(ctx, &tg.ContactsResolveUsernameRequest{Username: name})
	if err != nil {
		return nil, err
	}
	return found.Chats[0].(*tg.Channel), nil
}

func (j *judge) each(ctx context.Context, name string, visit func(tg.NotEmptyMessage)) error {
	channel, err := j.resolve(ctx, name)
	if err != nil {
		return err
	}
	iterator := messages.NewQueryBuilder(j.client.API()).GetHistory(channel.AsInputPeer()).BatchSize(100).Iter()
	for iterator.Next(ctx) {
		visit(iterator.Value().Msg)
	}
	return iterator.Err()
}

func (j *judge) watch(ctx context.Context, name string) (any, error) {
	channel, err := j.resolve(ctx, name)
	if err != nil {
		return nil, err
	}
	j.watched = channel.ID
	ready := make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		failed <- j.manager.Run(ctx, j.client.API(), j.self.ID,
			updates.AuthOptions{OnStart: func(context.Context) { close(ready) }})
	}()
	select {
	case <-ready:
		return true, nil
	case err := <-failed:
		return nil, err
	}
}

func (j *judge) do(ctx context.Context, r request) (any, error) {
	switch r.Do {
	case "login":
		return j.login(ctx, r)
	case "password":
		return j.logged(j.client.Auth().Password(ctx, r.Password))
	case "bot_login":
		return j.logged(j.client.Auth().Bot(ctx, r.Token))
	case "me":
		self, err := j.client.Self(ctx)
		if err != nil {
			return nil, err
		}
		return self.Phone, nil
	case "history":
		posts := []post{}
		err := j.each(ctx, r.Channel, func(message tg.NotEmptyMessage) {
			posts = append(posts, post{message.GetID(), message.GetDate(), text(message)})
		})
		return posts, err
	case "count":
		count := 0
		err := j.each(ctx, r.Channel, func(tg.NotEmptyMessage) { count++ })
		return count, err
	case "watch":
		return j.watch(ctx, r.Channel)
	}
	return nil, fmt.Errorf("unknown request %q", r.Do)
}

func (j *judge) handlers() tg.UpdateDispatcher {
	dispatcher := tg.NewUpdateDispatcher()
	tell := func(event string, message tg.MessageClass) {
		if plain, ok := message.(*tg.Message); ok {
			if peer, ok := plain.PeerID.(*tg.PeerChannel); ok && peer.ChannelID == j.watched {
				say(map[string]any{"event": event, "id": plain.ID, "text": plain.Message})
			}
		}
	}
	dispatcher.OnNewChannelMessage(func(_ context.Context, _ tg.Entities, u *tg.UpdateNewChannelMessage) error {
		tell("new", u.Message)
		return nil
	})
	dispatcher.OnEditChannelMessage(func(_ context.Context, _ tg.Entities, u *tg.UpdateEditChannelMessage) error {
		tell("edited", u.Message)
		return nil
	})
	dispatcher.OnDeleteChannelMessages(func(_ context.Context, _ tg.Entities, u *tg.UpdateDeleteChannelMessages) error {
		if u.ChannelID == j.watched {
			say(map[string]any{"event": "deleted", "ids": u.Messages})
		}
		return nil
	})
	return dispatcher
}

func resolver(c config) (dcs.Resolver, error) {
	proxy := func(prefix string) (dcs.Resolver, error) {
		secret, err := hex.DecodeString(prefix + c.MTProxy.Secret)
		if err != nil {
			return nil, err
		}
		return dcs.MTProxy(net.JoinHostPort(c.MTProxy.Host, strconv.Itoa(c.MTProxy.Port)), secret, dcs.MTProxyOptions{})
	}
	plain := map[string]transport.Protocol{
		"abridged": transport.Abridged, "intermediate": transport.Intermediate,
		"padded": transport.PaddedIntermediate, "full": transport.Full,
	}
	switch c.Transport {
	case "mtproxy":
		return proxy("")
	case "mtproxy dd":
		return proxy("dd")
	}
	return dcs.Plain(dcs.PlainOptions{Protocol: plain[c.Transport]}), nil
}

func run(ctx context.Context) error {
	var c config
	if err := json.Unmarshal([]byte(os.Args[1]), &c); err != nil {
		return err
	}
	pem, err := os.ReadFile(c.PublicKey)
	if err != nil {
		return err
	}
	keys, err := crypto.ParseRSAPublicKeys(pem)
	if err != nil {
		return err
	}
	options := telegram.Options{DC: c.DCs[0].ID, SessionStorage: &session.StorageMemory{}}
	for _, key := range keys {
		options.PublicKeys = append(options.PublicKeys, telegram.PublicKey{RSA: key})
	}
	for _, dc := range c.DCs {
		options.DCList.Options = append(options.DCList.Options, tg.DCOption{ID: dc.ID, IPAddress: dc.Host, Port: dc.Port})
	}
	if options.Resolver, err = resolver(c); err != nil {
		return err
	}
	j := &judge{}
	j.manager = updates.New(updates.Config{Handler: j.handlers()})
	options.UpdateHandler = j.manager
	j.client = telegram.NewClient(1, "0123456789abcdef0123456789abcdef", options)
	return j.client.Run(ctx, func(ctx context.Context) error {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			var r request
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				return err
			}
			if result, err := j.do(ctx, r); err != nil {
				say(map[string]any{"id": r.ID, "error": err.Error()})
			} else {
				say(map[string]any{"id": r.ID, "ok": result})
			}
		}
		return lines.Err()
	})
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
