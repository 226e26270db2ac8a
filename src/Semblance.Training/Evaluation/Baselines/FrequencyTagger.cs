namespace Semblance.Training;

/// <summary>
/// Represents the usual baseline of named entity recognition: each word has the tag that it has most often in the training data, and an
/// unknown word has the most frequent tag of all.
/// </summary>
public sealed class FrequencyTagger
{
    private readonly Dictionary<string, string> _tags;
    private readonly string _usual;

    /// <summary>Initializes a new instance of the <see cref="FrequencyTagger"/> class from sentences with tags.</summary>
    /// <param name="sentences">The training data.</param>
    /// <exception cref="EvaluationDataException">There is no sentence.</exception>
    public FrequencyTagger(IEnumerable<TaggedSentence> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        var words = sentences.SelectMany(sentence => sentence.Words.Words.Zip(sentence.Tags)).ToArray();
        if (words.Length == 0)
        {
            throw new EvaluationDataException("There are no sentences; at least one is needed.", nameof(sentences));
        }

        _tags = words.GroupBy(word => word.First).ToDictionary(word => word.Key, word => MostFrequent(word.Select(pair => pair.Second)));
        _usual = MostFrequent(words.Select(word => word.Second));
    }

    /// <summary>Returns the tag of each word.</summary>
    /// <param name="words">The words of a sentence.</param>
    public IReadOnlyList<string> Tag(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return [.. words.Select(word => _tags.GetValueOrDefault(word, _usual))];
    }

    private static string MostFrequent(IEnumerable<string> tags) =>
        tags.CountBy(tag => tag).OrderByDescending(tag => tag.Value).ThenBy(tag => tag.Key, StringComparer.Ordinal).First().Key;
}
