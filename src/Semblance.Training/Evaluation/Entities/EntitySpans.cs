namespace Semblance.Training;

/// <summary>Finds the entities of tagged sentences by the rules of seqeval (Nakayama 2018).</summary>
public static class EntitySpans
{
    private const string Outside = "O";

    /// <summary>
    /// Returns the entities by the rules of CoNLL's evaluation, which understand IOB1, IOB2 and IOBES and accept a first tag <c>I-</c>.
    /// </summary>
    /// <param name="tags">The tags of a sentence.</param>
    /// <exception cref="ArgumentException">A tag is empty.</exception>
    public static IReadOnlyList<EntitySpan> Of(IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var found = new List<EntitySpan>();
        var (previous, start) = (new Tag(Outside), 0);
        for (var i = 0; i <= tags.Count; i++)
        {
            var tag = new Tag(i < tags.Count ? tags[i] : Outside);
            if (Ends(previous, tag))
            {
                found.Add(new EntitySpan(previous.Type, start, i - 1));
            }

            start = Starts(previous, tag) ? i : start;
            previous = tag;
        }

        return found;
    }

    /// <summary>Returns the entities that follow a scheme exactly; other tags are no entities.</summary>
    /// <param name="tags">The tags of a sentence.</param>
    /// <param name="scheme">The scheme.</param>
    /// <exception cref="ArgumentException">A tag is empty, or its prefix is not one of the scheme's.</exception>
    public static IReadOnlyList<EntitySpan> Of(IReadOnlyList<string> tags, TagScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var rules = SchemeRules.Of(scheme);
        Tag[] all = [.. tags.Select(tag => rules.Check(new Tag(tag, strips: true), tag)), new Tag(Outside)];
        var found = new List<EntitySpan>();
        var previous = all[^1];
        for (var i = 0; i < all.Length; previous = all[i - 1])
        {
            if (!rules.Starts(previous, all[i]))
            {
                i++;
                continue;
            }

            var start = i++;
            while (i < all.Length - 1 && rules.Continues(all[i - 1], all[i]))
            {
                i++;
            }

            if (rules.Ends(all[i - 1], all[i]))
            {
                found.Add(new EntitySpan(all[start].Type, start, i - 1));
            }
        }

        return found;
    }

    private static bool Ends(Tag previous, Tag tag) =>
        previous.Prefix is 'E' or 'S'
        || (previous.Prefix is 'B' or 'I' && tag.Prefix is 'B' or 'S' or 'O')
        || (previous.Prefix is not ('O' or '.') && previous.Type != tag.Type);

    private static bool Starts(Tag previous, Tag tag) =>
        tag.Prefix is 'B' or 'S'
        || (previous.Prefix is 'E' or 'S' or 'O' && tag.Prefix is 'E' or 'I')
        || (tag.Prefix is not ('O' or '.') && previous.Type != tag.Type);

    /// <summary>Represents a tag as its prefix and its type.</summary>
    internal readonly record struct Tag
    {
        public Tag(string tag, bool strips = false)
        {
            ArgumentException.ThrowIfNullOrEmpty(tag);
            Prefix = tag[0];
            var rest = strips ? tag[1..].Trim('-') : tag[(tag.IndexOf('-', 1) + 1)..];
            Type = tag.Length == 1 || rest.Length == 0 ? "_" : !strips && tag.IndexOf('-', 1) < 0 ? tag[1..] : rest;
        }

        public char Prefix { get; }

        public string Type { get; }
    }
}
