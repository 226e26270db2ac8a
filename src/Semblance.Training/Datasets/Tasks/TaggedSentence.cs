namespace Semblance.Training;

/// <summary>Represents a sentence of words with a tag for each word, such as <c>B-PER</c>.</summary>
public sealed class TaggedSentence
{
    /// <summary>Initializes a new instance of the <see cref="TaggedSentence"/> class with its words and tags.</summary>
    /// <param name="words">The words.</param>
    /// <param name="tags">The tag of each word.</param>
    /// <exception cref="ArgumentException">
    /// There is no word, a word is empty, or the number of tags is not the number of words.
    /// </exception>
    public TaggedSentence(IReadOnlyList<string> words, IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(tags);
        Tags = words.Count == tags.Count
            ? tags
            : throw new ArgumentException($"There are {words.Count} words, but {tags.Count} tags; each word needs one tag.", nameof(tags));
        Words = TextWords.Join(words);
    }

    /// <summary>Gets the words and the text that they make.</summary>
    public TextWords Words { get; }

    /// <summary>Gets the tag of each word.</summary>
    public IReadOnlyList<string> Tags { get; }

    /// <summary>Returns the sentence as a row for training: the text, and the words with the numbers of their tags.</summary>
    /// <param name="labels">The names of the tags.</param>
    /// <exception cref="FormatException">A tag is not among the names.</exception>
    public Example ToExample(LabelNames labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return new Example([Words.Text]) { Spans = Words.Label([.. Tags.Select(labels.Of)]) };
    }
}
