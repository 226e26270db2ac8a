namespace Semblance;

/// <summary>
/// Describes clusters of texts by the words of highest weight, by class-based tf-idf (Grootendorst 2022, arXiv:2203.05794). All texts of a
/// cluster count as one document: the weight of a word is its fraction of the cluster's words, times log(1 + A/f), with A the mean number
/// of words of a cluster and f the total frequency of the word.
/// </summary>
/// <remarks>
/// Words are those of <see cref="Bm25Terms"/> without single characters; scripts without spaces are represented by pairs of adjacent
/// characters. English and Chinese function words (<i>the</i>, 的) are excluded. HTML entities (<c>&amp;lt;</c>, <c>&amp;nbsp;</c>) are
/// decoded first, so that their names do not count as words.
/// </remarks>
public static class TopicWords
{
    /// <summary>Returns the words of each cluster.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="labels">The cluster of each text, from 0; −1 for none.</param>
    /// <param name="count">The maximum number of words per cluster; 10 by default.</param>
    /// <returns>The words of each cluster in descending order of weight; words with equal weights in the order of code points.</returns>
    /// <exception cref="ArgumentException">The numbers of texts and labels differ, or a label is less than −1.</exception>
    public static IReadOnlyList<IReadOnlyList<TopicWord>> Of(IReadOnlyList<string> texts, IReadOnlyList<int> labels, int count = 10)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (texts.Count != labels.Count)
        {
            throw new ArgumentException(
                $"Each text needs a label; there are {texts.Count} texts and {labels.Count} labels.", nameof(labels));
        }

        if (labels.Count > 0 && labels.Min() is < -1 and var wrong)
        {
            throw new ArgumentException($"The label {wrong} is invalid; labels are numbered from 0, and -1 means none.", nameof(labels));
        }

        var clusters = Enumerable.Range(0, labels.Count == 0 ? 0 : labels.Max() + 1).Select(_ => new Dictionary<string, int>()).ToArray();
        var all = new Dictionary<string, int>();
        for (var i = 0; i < texts.Count; i++)
        {
            var terms = labels[i] < 0
                ? []
                : Bm25Terms.Of(HtmlEntities.Decode(texts[i])).Where(word => word.Length > 1 && !FunctionWords.Contains(word));
            foreach (var word in terms)
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
