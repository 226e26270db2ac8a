namespace Semblance;

/// <summary>
/// What clusters of texts are about: the words of most weight by class-based tf-idf (Grootendorst 2022, arXiv:2203.05794). All texts of a cluster
/// count as one: a word weighs its part of the cluster's words, times log(1 + A/f) with A words in a cluster on average and f times the word in all.
/// </summary>
/// <remarks>
/// Words are those of <see cref="Bm25Terms"/> without single characters; scripts without spaces count by pairs of neighbouring characters. Function words
/// (<i>the</i>, 的) are left out, in English and Chinese. HTML entities (<c>&amp;lt;</c>, <c>&amp;nbsp;</c>) are decoded first, so that their names are no words.
/// </remarks>
public static class TopicWords
{
    /// <summary>The words of each cluster.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="labels">The cluster of each, from 0; −1 for a text that is in none.</param>
    /// <param name="count">How many words a cluster gets at most; 10 by default.</param>
    /// <returns>For each cluster its words, the one of most weight first, and among equals by code point.</returns>
    /// <exception cref="ArgumentException">There is not one label for each text, or a label is below −1.</exception>
    public static IReadOnlyList<IReadOnlyList<TopicWord>> Of(IReadOnlyList<string> texts, IReadOnlyList<int> labels, int count = 10)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (texts.Count != labels.Count)
        {
            throw new ArgumentException($"Each text needs a label; there are {texts.Count} texts and {labels.Count} labels.", nameof(labels));
        }

        if (labels.Count > 0 && labels.Min() is < -1 and var wrong)
        {
            throw new ArgumentException($"There is a label {wrong}; clusters count from 0, and -1 is none.", nameof(labels));
        }

        var clusters = Enumerable.Range(0, labels.Count == 0 ? 0 : labels.Max() + 1).Select(_ => new Dictionary<string, int>()).ToArray();
        var all = new Dictionary<string, int>();
        for (var i = 0; i < texts.Count; i++)
        {
            foreach (var word in labels[i] < 0 ? [] : Bm25Terms.Of(HtmlEntities.Decode(texts[i])).Where(word => word.Length > 1 && !FunctionWords.Contains(word)))
            {
                var words = clusters[labels[i]];
                words[word] = words.GetValueOrDefault(word) + 1;
                all[word] = all.GetValueOrDefault(word) + 1;
            }
        }

        var average = clusters.Length == 0 ? 0 : (double)all.Values.Sum(times => (long)times) / clusters.Length;
        return Array.ConvertAll(clusters, words => Heaviest(words, all, average, count));
    }

    private static TopicWord[] Heaviest(Dictionary<string, int> words, Dictionary<string, int> all, double average, int count)
    {
        var length = words.Values.Sum(times => (long)times);
        return [.. words
            .Select(word => new TopicWord(word.Key, (double)word.Value / length * Math.Log(1 + (average / all[word.Key]))))
            .OrderByDescending(word => word.Weight)
            .ThenBy(word => word.Word, StringComparer.Ordinal)
            .Take(count)];
    }
}
