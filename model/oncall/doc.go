// Package oncall says who is on call: rotas, and the policies that say whom to page
// after whom. It is pure: the text of a rota is parsed elsewhere, time zones are
// passed in, and so is the time.
//
// How a local time becomes a moment is decided here, once. A handover at 09:00 is at
// 09:00 by the clock on the wall there, in summer and in winter. A local time that a
// day does not have, because the clock is put forward, is the moment at which it is
// put forward. One that a day has twice, because the clock is put back, is the first
// of the two. A day that a zone leaves out begins and ends at the same moment. Leap
// seconds are no moments of their own, as in all of Go: 23:59:60 is midnight.
package oncall
