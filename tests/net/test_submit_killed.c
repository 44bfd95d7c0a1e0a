/* SPDX-License-Identifier: Apache-2.0 */
/* A daemon that dies between the transaction and its answer, or forgets it: the client learns the true result by asking for
 * the hash, and what it sends again is the same act.
 */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "relay.h"
#include "submit_desk.h"

#define CALL_MS 1500         /* of one call, where an answer is kept back */
#define KILLS 8
#define KILL_WITHIN_US 30000 /* a block is cut after 10 ms and durable soon after */

/* The transaction is durable by now; its sender never hears of it. */
static enum relay_then kill_daemon(void *self, enum relay_kind kind, struct buf *body)
{
	struct submit_desk *f = self;

	(void)body;
	if (kind != RELAY_SUBMIT || f->killed)
		return RELAY_PASS;
	f->killed = true;
	daemon_stop(&f->s.d, SIGKILL);
	f->s.d.pid = 0;
	return RELAY_VANISH;
}

static enum relay_then kill_and_restart(void *self, enum relay_kind kind, struct buf *body)
{
	if (kill_daemon(self, kind, body) == RELAY_PASS)
		return RELAY_PASS;
	daemon_start(&((struct submit_desk *)self)->s.d, NULL, NULL);
	return RELAY_HOLD;
}

static struct relay *relay_as_owner(struct submit_desk *f, struct buf *ticket, relay_hook *hook)
{
	submit_desk_link(f, &f->s.d.peer);
	buf_clear(ticket);
	assert_int_equal(link_ticket_for(&f->link, ticket, &f->s.d.peer, TICKET_READ, NULL, 0, NULL, NULL, NULL, NULL),
			 ERR_OK);
	f->killed = false;
	return relay_new(&f->s.d, ticket, hook, f);
}

static void test_killed_before_the_reply(void **state)
{
	struct submit_desk *f = *state;
	struct submitted done = {0}, again = {0};
	struct replica_sync_report report;
	struct replica_tx found = {0};
	struct buf ticket = BUF_INIT, tx = BUF_INIT;
	struct relay *relay = relay_as_owner(f, &ticket, kill_daemon);
	uint64_t before = submit_desk_entries(f);
	enum err e;
	struct submit_act a;

	submit_desk_link(f, relay_address(relay));
	assert_int_equal(submit_sign(&f->submitter, &done, &tx, submit_desk_pause(&a, f, true), NULL), ERR_OK);
	again.tx = done.tx;
	e = submit_again(&f->submitter, &done, buf_bytes(&tx), NULL);
	assert_true(f->killed);
	assert_int_equal(e, ERR_NETWORK);
	relay_free(relay);
	daemon_story_restart(&f->s, NULL, NULL);
	submit_desk_link(f, &f->s.d.peer);
	assert_int_equal(replica_sync(f->replica, &report, &f->link, NULL), ERR_OK);
	assert_int_equal(replica_tx(f->replica, &found, &f->link, &done.tx, NULL), ERR_OK);
	assert_true(found.proven && found.code == 0 && found.height > 0);
	assert_true(bytes_equal(buf_bytes(&found.tx), buf_bytes(&tx)));
	assert_int_equal(submit_again(&f->submitter, &again, buf_bytes(&tx), NULL), ERR_OK);
	assert_int_equal(again.height, found.height);
	assert_int_equal(submit_desk_times(f, &done.tx), 1);
	assert_int_equal(submit_desk_entries(f), before + 1);
	replica_tx_release(&found);
	submitted_release(&done);
	submitted_release(&again);
	buf_release(&tx);
	buf_release(&ticket);
}

/* The same, and the daemon is back before the client gives up: one call, one act. */
static void test_killed_and_restarted(void **state)
{
	struct submit_desk *f = *state;
	struct submitted done = {0};
	struct buf ticket = BUF_INIT;
	struct relay *relay = relay_as_owner(f, &ticket, kill_and_restart);
	uint64_t before = submit_desk_entries(f);
	int64_t transactions_before = submit_desk_transactions(f);
	struct submit_act a;

	submit_desk_link(f, relay_address(relay));
	f->link.timeout_ms = CALL_MS;
	assert_int_equal(submit_action(&f->submitter, &done, submit_desk_pause(&a, f, false), NULL), ERR_OK);
	assert_true(f->killed && done.proven);
	assert_int_equal(submit_desk_times(f, &done.tx), 1);
	assert_int_equal(submit_desk_transactions(f), transactions_before + 1);
	relay_free(relay); /* and the daemon with it, which is a child of the relay's thread */
	daemon_story_restart(&f->s, NULL, NULL);
	submit_desk_link(f, &f->s.d.peer);
	assert_int_equal(submit_desk_entries(f), before + 1);
	submitted_release(&done);
	buf_release(&ticket);
}

/* A process that kills the daemon after a random time. */
static pid_t start_killer(struct submit_desk *f)
{
	uint8_t b[4];
	struct timespec t = {0};
	pid_t victim = f->s.d.pid, pid;

	rng_fill(&f->rng.rng, b, sizeof(b));
	t.tv_nsec = (long)(get_be32(b) % KILL_WITHIN_US) * 1000;
	pid = fork();
	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	ppoll(NULL, 0, &t, NULL);
	kill(victim, SIGKILL);
	_exit(0);
}

static void test_killed_at_random(void **state)
{
	struct submit_desk *f = *state;
	unsigned taken = 0, heard = 0;

	for (int i = 0; i < KILLS; i++) {
		struct submitted done = {0};
		struct replica_sync_report report;
		struct replica_tx found = {0};
		struct buf tx = BUF_INIT;
		uint64_t before;
		enum err e, known;
		struct submit_act a;
		pid_t killer;

		submit_desk_link(f, &f->s.d.peer);
		before = submit_desk_entries(f);
		assert_int_equal(submit_sign(&f->submitter, &done, &tx, submit_desk_pause(&a, f, i % 2 == 0), NULL), ERR_OK);
		f->submitter.replica = NULL; /* what the daemon says alone: its proof may come too late */
		killer = start_killer(f);
		e = submit_again(&f->submitter, &done, buf_bytes(&tx), NULL);
		assert_true(e == ERR_OK || e == ERR_NETWORK || e == ERR_TLS);
		assert_int_equal(waitpid(killer, NULL, 0), killer);
		daemon_stop(&f->s.d, SIGKILL);
		f->s.d.pid = 0;
		daemon_story_restart(&f->s, NULL, NULL);
		submit_desk_link(f, &f->s.d.peer);
		assert_int_equal(replica_sync(f->replica, &report, &f->link, NULL), ERR_OK);
		known = replica_tx(f->replica, &found, &f->link, &done.tx, NULL);
		assert_true(known == ERR_NOT_FOUND || (known == ERR_OK && found.proven && found.code == 0));
		assert_true(e != ERR_OK || known == ERR_OK); /* what was said stands */
		heard += e == ERR_OK;
		taken += known == ERR_OK;
		assert_int_equal(submit_again(&f->submitter, &done, buf_bytes(&tx), NULL), ERR_OK);
		if (known == ERR_OK)
			assert_int_equal(done.height, found.height);
		assert_int_equal(submit_desk_times(f, &done.tx), 1);
		assert_int_equal(submit_desk_entries(f), before + 1);
		replica_tx_release(&found);
		submitted_release(&done);
		buf_release(&tx);
	}
	print_message("# %u of %d were taken, %u of them told\n", taken, KILLS, heard);
}

/* ---- a second peer ---- */

static enum relay_then vanish_after_submit(void *self, enum relay_kind kind, struct buf *body)
{
	(void)self, (void)body;
	return kind == RELAY_SUBMIT ? RELAY_VANISH : RELAY_PASS;
}

/* Garbage in place of an answer: the transaction is in its block all the same. */
static enum relay_then babble_after_submit(void *self, enum relay_kind kind, struct buf *body)
{
	(void)self;
	if (kind == RELAY_SUBMIT) {
		buf_clear(body);
		buf_append_text(body, "what?");
	}
	return RELAY_PASS;
}

/* The first peer takes it and does not say so; the second knows. */
static void submit_to_two(struct submit_desk *f, const struct peer_address *first, bool paused)
{
	uint64_t before;
	struct submitted done = {0};
	struct err_info info = {0};
	struct submit_act a;
	enum err e;

	submit_desk_link(f, &f->s.d.peer);
	before = submit_desk_entries(f);
	submit_desk_link(f, first);
	link_add(&f->link, &f->s.d.peer);
	e = submit_action(&f->submitter, &done, submit_desk_pause(&a, f, paused), &info);
	if (e != ERR_OK)
		fail_msg("error %d, %s", (int)e, info.detail);
	assert_true(done.proven);
	assert_int_equal(submit_desk_times(f, &done.tx), 1);
	submit_desk_link(f, &f->s.d.peer);
	assert_int_equal(submit_desk_entries(f), before + 1);
	submitted_release(&done);
}

static void test_a_second_peer(void **state)
{
	static relay_hook *const hooks[] = {vanish_after_submit, babble_after_submit};
	struct submit_desk *f = *state;
	struct buf ticket = BUF_INIT;
	struct peer_address other;
	struct hash32 pin;

	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		struct relay *relay = relay_as_owner(f, &ticket, hooks[i]);

		submit_to_two(f, relay_address(relay), i == 0);
		relay_free(relay);
	}
	pin = f->s.d.peer.pin;
	pin.b[0] ^= 1; /* somebody else than who should be there */
	assert_int_equal(peer_address_set(&other, f->s.d.peer.url, &pin), ERR_OK);
	submit_to_two(f, &other, true);
	buf_release(&ticket);
}

/* ---- a peer that says so and loses it ---- */

static void test_forgotten(void **state)
{
	struct submit_desk *f = *state;
	struct submitted done = {0}, again = {0};
	struct err_info info = {0};
	struct buf tx = BUF_INIT;
	uint64_t before;
	struct submit_act a;

	submit_desk_link(f, &f->s.d.peer);
	before = submit_desk_entries(f);
	daemon_story_restart(&f->s, "--fault", "forget-tx=1");
	submit_desk_link(f, &f->s.d.peer);
	assert_int_equal(submit_sign(&f->submitter, &done, &tx, submit_desk_pause(&a, f, true), NULL), ERR_OK);
	again.tx = done.tx;
	assert_int_equal(submit_again(&f->submitter, &done, buf_bytes(&tx), &info), ERR_PROOF);
	assert_false(done.proven);
	assert_int_equal(submit_desk_times(f, &done.tx), 0);
	daemon_story_restart(&f->s, NULL, NULL);
	submit_desk_link(f, &f->s.d.peer);
	assert_int_equal(submit_again(&f->submitter, &again, buf_bytes(&tx), &info), ERR_OK);
	assert_true(again.proven);
	assert_int_equal(submit_desk_times(f, &done.tx), 1);
	assert_int_equal(submit_desk_entries(f), before + 1);
	submitted_release(&done);
	submitted_release(&again);
	buf_release(&tx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_before_the_reply), cmocka_unit_test(test_killed_and_restarted),
		cmocka_unit_test(test_killed_at_random), cmocka_unit_test(test_a_second_peer),
		cmocka_unit_test(test_forgotten),
	};

	return cmocka_run_group_tests(tests, submit_desk_setup, submit_desk_teardown);
}
