package model

import "strings"

// The acts on the log itself.

func (c Write) decide(d *decision) error {
	text, err := checkText(c.Text)
	if err != nil {
		return err
	}
	b := &EntryAdd{Run: c.Run}
	if c.Run != nil {
		b.Form = CommandOutput
	}
	c.At.put(d.add(b, text))
	return nil
}

// entry finds the line that an act on the log points at.
func (d *decision) entry(ref Ref) (*slot, error) {
	s := d.in.slots[ref]
	if s == nil {
		return nil, Refuse(CodeEntryUnknown, "Entry", ref.String())
	}
	return s, nil
}

// written is an entry that a person wrote: only such can be amended or struck,
// because what was done stays done; its opposite is written instead.
func (d *decision) written(ref Ref) (*slot, error) {
	s, err := d.entry(ref)
	if err != nil {
		return nil, err
	}
	if _, ok := s.rec.Body.(*EntryAdd); !ok {
		return nil, Refuse(CodeEntryNotText)
	}
	return s, nil
}

func (c Amend) decide(d *decision) error {
	s, err := d.written(c.Target)
	if err != nil {
		return err
	}
	line := d.in.line(s)
	if line.Struck != nil {
		return Refuse(CodeEntryStruck)
	}
	text := line.Text
	if c.Text == "" && (line.Removed != nil || line.Rec.Removed) {
		return Refuse(CodeTextGone)
	}
	if c.Text != "" {
		if text, err = checkText(c.Text); err != nil {
			return err
		}
	}
	if text == line.Text && (c.At.IsZero() || c.At.Happened() == line.At) && len(line.Others) == 0 {
		return Refuse(CodeEntrySame)
	}
	common := d.add(&EntryAmend{Target: c.Target}, text)
	common.Pred = d.in.text[c.Target].refs()
	switch {
	case !c.At.IsZero():
		c.At.put(common)
	case line.At != s.rec.Wall:
		common.Happened = line.At // an earlier correction stays
	}
	return nil
}

func (c Strike) decide(d *decision) error {
	s, err := d.written(c.Target)
	if err != nil {
		return err
	}
	reason, err := checkReason(c.Reason)
	if err != nil {
		return err
	}
	struck := d.in.line(s).Struck != nil
	switch {
	case struck && !c.Back:
		return Refuse(CodeEntryStruck)
	case !struck && c.Back:
		return Refuse(CodeEntryNotStruck)
	}
	d.add(&EntryStrike{Target: c.Target, Struck: !c.Back}, reason).Pred = d.in.strike[c.Target].refs()
	return nil
}

func (c Star) decide(d *decision) error {
	s, err := d.entry(c.Target)
	if err != nil {
		return err
	}
	if d.in.line(s).Star == c.On {
		return nil
	}
	d.add(&EntryStar{Target: c.Target, Star: c.On}, "").Pred = d.in.star[c.Target].refs()
	return nil
}

// FindEntry finds the line whose reference begins with what a person typed, at
// least four hexadecimal digits. It refuses with CodeEntryUnknown or
// CodeEntryAmbiguous.
func (v *View) FindEntry(typed string) (*Line, error) {
	want := strings.ToLower(strings.TrimSpace(typed))
	if len(want) < 4 {
		return nil, Refuse(CodeEntryUnknown, "Entry", typed)
	}
	var found *Line
	for _, l := range v.Lines {
		if !strings.HasPrefix(l.Rec.Ref.Hash.String(), want) {
			continue
		}
		if found != nil {
			return nil, Refuse(CodeEntryAmbiguous, "Entry", typed)
		}
		found = l
	}
	if found == nil {
		return nil, Refuse(CodeEntryUnknown, "Entry", typed)
	}
	return found, nil
}
