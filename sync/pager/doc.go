// Package pager sees to the pages of a room: it hands them to a transport, takes over
// those that another room does not get done, and takes the next step of a policy when
// nobody answers. What is due is model.View.DuePages; here are the clock, the loop and
// the transports.
//
// A page is executed at least once. It is written down before it is sent, and what
// became of it after; a room that was ended in between sends it again, with the same
// key. Where rooms do not see each other each of them sends it, with the same key, and
// the log shows the duplicate when they meet.
package pager
