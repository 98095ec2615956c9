/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking over the terminal and giving it back. What restores it is prepared as bytes while all is well, because a
 * handler of a fatal signal may call nothing but write() and tcsetattr(). */
#include "tui/curses/term.h"
#include "tui/curses/curses.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"

enum { ESCAPE_MS = 250, SLOW_BELOW = 38400 };

/* The handler's only knowledge; written before the handlers are in place. */
static struct {
        struct termios modes;
        char undo[256];
        size_t undo_size;
        struct sigaction before[18]; /* of the fatal signals: what the program does at its end, screen or not */
        void (*abandon)(void);       /* the same for a signal that it ignores without a screen; may be NULL */
} saved;

/* The first few end the screen also where the program was started to ignore them. */
enum { ALWAYS_FATAL = 8 };
static const int fatal_signals[] = { SIGHUP, SIGINT,  SIGQUIT, SIGTERM, SIGSEGV, SIGABRT, SIGBUS,    SIGFPE,  SIGILL,
                                     SIGSYS, SIGALRM, SIGXCPU, SIGXFSZ, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGIO };
_Static_assert(sizeof fatal_signals / sizeof fatal_signals[0] == sizeof saved.before / sizeof saved.before[0],
               "one each");

static void release_fatal(void)
{
        size_t i;

        for (i = 0; i < sizeof fatal_signals / sizeof fatal_signals[0]; i++)
                sigaction(fatal_signals[i], &saved.before[i], NULL);
}

/* Only what signal-safety(7) lists. */
static void die(int number)
{
        struct sigaction before;
        sigset_t set;
        ssize_t ignored = write(STDOUT_FILENO, saved.undo, saved.undo_size);

        (void)ignored;
        tcsetattr(STDIN_FILENO, TCSANOW, &saved.modes);
        release_fatal();
        sigaction(number, NULL, &before);
        if (before.sa_handler == SIG_IGN) { /* without a terminal there is nothing to go on with */
                if (saved.abandon)
                        saved.abandon();
                signal(number, SIG_DFL);
        }
        sigemptyset(&set);
        sigaddset(&set, number);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        raise(number);
}

static int keep_byte(int c)
{
        if (saved.undo_size < sizeof saved.undo)
                saved.undo[saved.undo_size++] = (char)c;
        return c;
}

static const char *capability(const char *name)
{
        char *value = tigetstr((char *)(uintptr_t)name);

        return value == (char *)-1 ? NULL : value;
}

/* "op" gives back the colours and makes sense only where there are some. */
static void prepare_undo(void)
{
        static const char *const names[] = { "rmkx", "sgr0", "op", "cnorm", "rmcup" };
        const char *value;
        size_t i;

        saved.undo_size = 0;
        for (i = 0; i < sizeof names / sizeof names[0]; i++) {
                value = capability(names[i]);
                if (value && (i != 2 || tigetnum("colors") > 0))
                        tputs(value, 1, keep_byte);
        }
}

/* All signals are blocked while one is handled: the terminal is given back once. */
static void catch_fatal(void)
{
        struct sigaction action = { .sa_handler = die };
        size_t i;

        sigfillset(&action.sa_mask);
        for (i = 0; i < sizeof fatal_signals / sizeof fatal_signals[0]; i++) {
                sigaction(fatal_signals[i], NULL, &saved.before[i]);
                if (i < ALWAYS_FATAL || saved.before[i].sa_handler != SIG_IGN)
                        sigaction(fatal_signals[i], &action, NULL);
        }
}

/* Signals that only ask for a repaint or a pause come as readable events: no handler runs between two bytes. */
static int take_signals(void)
{
        sigset_t set;

        signal(SIGTSTP, SIG_DFL); /* curses has put its own there */
        signal(SIGWINCH, SIG_DFL);
        sigemptyset(&set);
        sigaddset(&set, SIGWINCH);
        sigaddset(&set, SIGTSTP);
        sigaddset(&set, SIGCONT);
        sigprocmask(SIG_BLOCK, &set, NULL);
        return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* Keys arrive in either form on whatever terminal: an entry that lacks one is common (vt100 has no PgDn). */
static void define_keys(void)
{
        static const struct {
                const char *bytes;
                int key;
        } more[] = {
                { "\033[A", KEY_UP },     { "\033[B", KEY_DOWN },   { "\033[C", KEY_RIGHT },  { "\033[D", KEY_LEFT },
                { "\033OA", KEY_UP },     { "\033OB", KEY_DOWN },   { "\033OC", KEY_RIGHT },  { "\033OD", KEY_LEFT },
                { "\033[5~", KEY_PPAGE }, { "\033[6~", KEY_NPAGE }, { "\033[1~", KEY_HOME },  { "\033[4~", KEY_END },
                { "\033[7~", KEY_HOME },  { "\033[8~", KEY_END },   { "\033[H", KEY_HOME },   { "\033[F", KEY_END },
                { "\033OH", KEY_HOME },   { "\033OF", KEY_END },    { "\033[2~", KEY_IC },    { "\033[3~", KEY_DC },
                { "\033[Z", KEY_BTAB },   { "\033OM", KEY_ENTER },  { "\033[11~", KEY_F(1) }, { "\033OP", KEY_F(1) },
                { "\033[15~", KEY_F(5) }, { "\0331", KEY_F(1) },    { "\0335", KEY_F(5) },    { "\0330", KEY_F(10) },
        };
        size_t i;

        for (i = 0; i < sizeof more / sizeof more[0]; i++)
                if (key_defined(more[i].bytes) == 0)
                        define_key(more[i].bytes, more[i].key);
}

/* cbreak with the flow control keys left alone (serial lines need them) and ours to read: ^C, ^Z, ^V. */
static void set_modes(void)
{
        struct termios modes;

        cbreak();
        noecho();
        nonl();
        if (tcgetattr(STDIN_FILENO, &modes) == 0) {
                modes.c_lflag &= ~(tcflag_t)(ISIG | IEXTEN);
                tcsetattr(STDIN_FILENO, TCSANOW, &modes);
        }
        def_prog_mode();
}

/* https://no-color.org: present and not empty. */
static bool wants_color(const struct rv_ui_options *options)
{
        const char *no = getenv("NO_COLOR");

        if (options->color != RV_COLOR_AUTO)
                return options->color == RV_COLOR_ALWAYS;
        return !no || !*no;
}

/* Pairs have the numbers of the roles. */
static void set_styles(struct tty *term, bool wanted)
{
        static const short colors[] = {
                [RV_GOOD] = COLOR_GREEN, [RV_INFO] = COLOR_CYAN, [RV_WARN] = COLOR_YELLOW, [RV_BAD] = COLOR_RED
        };
        int i;

        memset(term->styles, 0, sizeof term->styles);
        term->color = wanted && has_colors();
        if (!term->color)
                return; /* attributes cost bytes, and signs say the same */
        start_color();
        use_default_colors();
        for (i = RV_GOOD; i <= RV_BAD; i++) {
                init_pair((short)i, colors[i], -1);
                term->styles[i] = COLOR_PAIR(i);
        }
        term->styles[RV_BAD] |= A_BOLD;
        term->styles[STYLE_MUTED] = termattrs() & A_DIM ? A_DIM : A_NORMAL;
        term->styles[STYLE_TITLE] = A_BOLD;
        term->styles[STYLE_CURSOR] = A_REVERSE;
}

/* Looks the terminal's type up before anything is sent to it, and prepares what gives the terminal back. */
static bool can_place_cursor(void)
{
        const char *name = getenv("TERM");
        int found = 0;
        bool able;

        if (!name || !*name || setupterm(NULL, STDOUT_FILENO, &found) != OK)
                return false;
        able = capability("cup") && capability("el") && tigetflag("gn") <= 0;
        prepare_undo();
        del_curterm(cur_term); /* the screen gets one of its own */
        return able;
}

/* A serial line often does not say its size; curses then takes the terminal type's, and this is for those without. */
static void mend_size(void)
{
        struct winsize size = { 0 };

        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
                return;
        setenv("LINES", "24", 0);
        setenv("COLUMNS", "80", 0);
}

/* Nothing is sent before newterm(), so that line mode finds the terminal untouched. */
int term_open(const struct rv_ui_options *options, void (*abandon)(void), struct tty *ret, struct rv_err *err)
{
        struct tty term = { .signals = -1 };

        if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &saved.modes) < 0)
                return rv_fail(err, RV_UNSUPPORTED, N_("the screen needs a terminal for input and output"),
                               N_("use the words of batch mode instead: reeve help"), NULL);
        if (!can_place_cursor())
                return rv_fail(err, RV_UNSUPPORTED, N_("this terminal cannot place a cursor"),
                               N_("set TERM to the terminal's type, or go on line by line"), NULL);
        mend_size();
        if (strncmp(getenv("TERM"), "vt", 2) != 0) /* emulators in UTF-8 mode ignore the alternate set (PuTTY) */
                setenv("NCURSES_NO_UTF8_ACS", "1", 0);
        term.utf8 = MB_CUR_MAX > 1;
        term.ascii = options->ascii || !term.utf8;
        term.screen = newterm(NULL, stdout, stdin);
        if (!term.screen)
                return rv_fail(err, RV_UNSUPPORTED, N_("this terminal cannot be used"), NULL, NULL);
        term.signals = take_signals();
        saved.abandon = abandon;
        catch_fatal();
        set_modes();
        if (!getenv("ESCDELAY"))
                set_escdelay(ESCAPE_MS);
        term.keys = newpad(1, 1);
        keypad(term.keys, TRUE);
        nodelay(term.keys, TRUE);
        typeahead(-1); /* nothing is painted while keys wait, so a paint is never cut short */
        idlok(stdscr, TRUE);
        define_keys();
        set_styles(&term, wants_color(options));
        term.slow = baudrate() > 0 && baudrate() < SLOW_BELOW;
        *ret = term;
        return 0;
}

/* curses gives back what it changed; what we changed beside it is put back after. */
void term_close(struct tty *term)
{
        if (!term->screen)
                return;
        endwin();
        release_fatal();
        tcsetattr(STDIN_FILENO, TCSANOW, &saved.modes);
        delwin(term->keys);
        delscreen(term->screen);
        rv_close(&term->signals);
        term->screen = NULL;
}

static int special(wint_t key)
{
        static const struct {
                int from;
                enum key to;
        } map[] = { { KEY_UP, KEY_ARROW_UP },     { KEY_DOWN, KEY_ARROW_DOWN },   { KEY_LEFT, KEY_ARROW_LEFT },
                    { KEY_NPAGE, KEY_PAGE_DOWN }, { KEY_RIGHT, KEY_ARROW_RIGHT }, { KEY_PPAGE, KEY_PAGE_UP },
                    { KEY_HOME, KEY_TO_HOME },    { KEY_END, KEY_TO_END },        { KEY_IC, KEY_INSERT },
                    { KEY_BACKSPACE, KEY_ERASE }, { KEY_DC, KEY_ERASE_NEXT },     { KEY_BTAB, KEY_BACK_TAB },
                    { KEY_FIND, KEY_TO_HOME },    { KEY_SELECT, KEY_TO_END } };
        size_t i;

        if (key == KEY_ENTER)
                return KEY_RETURN;
        for (i = 0; i < sizeof map / sizeof map[0]; i++)
                if ((wint_t)map[i].from == key)
                        return (int)map[i].to;
        if (key >= KEY_F(1) && key <= KEY_F(12))
                return KEY_FUNCTION + (int)(key - KEY_F0);
        return KEY_UNKNOWN;
}

/* Nothing was read although something was there: the end, unless the kernel still holds bytes. */
static int nothing(void)
{
        struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
        int waiting = 0;

        if (poll(&in, 1, 0) < 1 || ioctl(STDIN_FILENO, FIONREAD, &waiting) < 0 || waiting > 0)
                return in.revents & (POLLHUP | POLLERR | POLLNVAL) ? KEY_GONE : KEY_NOTHING;
        return KEY_GONE;
}

int term_key(struct tty *term)
{
        wint_t key = 0;

        switch (wget_wch(term->keys, &key)) {
        case ERR:
                return nothing();
        case KEY_CODE_YES:
                return special(key);
        default:
                return key == '\n' ? KEY_RETURN : key == 127 || key == 8 ? KEY_ERASE : (int)key;
        }
}

/* The shell has written over the screen: send all of it again. */
static void take_back(void)
{
        reset_prog_mode();
        clearok(curscr, TRUE);
}

void term_suspend(struct tty *term)
{
        const struct timespec now = { 0 };
        sigset_t stop, cont;

        (void)term;
        sigemptyset(&stop);
        sigaddset(&stop, SIGTSTP);
        sigemptyset(&cont);
        sigaddset(&cont, SIGCONT);
        endwin();
        raise(SIGTSTP); /* blocked so far: it stops us where it is let through */
        sigprocmask(SIG_UNBLOCK, &stop, NULL);
        sigprocmask(SIG_BLOCK, &stop, NULL);
        (void)sigtimedwait(&cont, NULL, &now); /* what continued us needs no second repaint */
        take_back();
}

/* 0x0 is a serial line that does not know its size. */
static void resize(void)
{
        struct winsize size = { 0 };

        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
                return;
        resizeterm(size.ws_row ? size.ws_row : 24, size.ws_col ? size.ws_col : 80);
        clearok(curscr, TRUE);
}

bool term_signals(struct tty *term)
{
        struct signalfd_siginfo info;
        bool paint = false;

        while (read(term->signals, &info, sizeof info) == (ssize_t)sizeof info) {
                if (info.ssi_signo == SIGWINCH)
                        resize();
                else if (info.ssi_signo == SIGTSTP)
                        term_suspend(term);
                else
                        take_back();
                paint = true;
        }
        return paint;
}

void term_size(int *ret_rows, int *ret_columns)
{
        *ret_rows = LINES;
        *ret_columns = COLS;
}
