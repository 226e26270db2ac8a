using System.Globalization;
using System.Text;

namespace Semblance.Training;

/// <summary>
/// Represents the evaluation of predicted tags: precision, recall and F1 of whole entities, by type and on average, as seqeval computes
/// and prints them.
/// </summary>
public sealed class EntityReport
{
    private const string LongestAverage = "weighted avg";

    private EntityReport(double accuracy, OrderedDictionary<string, EntityScore> types, EntityScore micro)
    {
        (Accuracy, Types, MicroAverage) = (accuracy, types, micro);
        MacroAverage = Average(score => 1.0 / types.Count);
        WeightedAverage = Average(score => micro.Support == 0 ? 0 : (double)score.Support / micro.Support);
    }

    /// <summary>Gets the share of the words whose tags are right.</summary>
    public double Accuracy { get; }

    /// <summary>Gets the scores of each type that occurs among the true or the predicted entities, in alphabetical order.</summary>
    public IReadOnlyDictionary<string, EntityScore> Types { get; }

    /// <summary>Gets the scores of all entities together: the usual measure.</summary>
    public EntityScore MicroAverage { get; }

    /// <summary>Gets the mean of the scores of the types.</summary>
    public EntityScore MacroAverage { get; }

    /// <summary>Gets the mean of the scores of the types, weighted by their true entities.</summary>
    public EntityScore WeightedAverage { get; }

    /// <summary>Compares predicted tags with the true ones.</summary>
    /// <param name="truth">The true tags of each sentence.</param>
    /// <param name="predictions">The predicted tags of each sentence.</param>
    /// <param name="scheme">
    /// The scheme that entities must follow exactly (strict mode); <see langword="null"/>, the default, for the rules of CoNLL.
    /// </param>
    /// <exception cref="ArgumentException">The sentences, or their words, differ in number, or a tag is not valid.</exception>
    public static EntityReport Of(
        IReadOnlyList<IReadOnlyList<string>> truth, IReadOnlyList<IReadOnlyList<string>> predictions, TagScheme? scheme = null)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(predictions);
        if (truth.Count != predictions.Count)
        {
            throw new ArgumentException($"There are {truth.Count} sentences, but {predictions.Count} predictions.", nameof(predictions));
        }

        var (words, rightWords) = (0, 0);
        var counts = new SortedDictionary<string, (int Right, int Predicted, int True)>(StringComparer.Ordinal);
        for (var i = 0; i < truth.Count; i++)
        {
            if (truth[i].Count != predictions[i].Count)
            {
                throw new ArgumentException(
                    $"Sentence {i} has {truth[i].Count} words, but {predictions[i].Count} predicted tags.", nameof(predictions));
            }

            words += truth[i].Count;
            rightWords += truth[i].Zip(predictions[i]).Count(pair => pair.First == pair.Second);
            HashSet<EntitySpan> known = [.. Entities(truth[i], scheme)], found = [.. Entities(predictions[i], scheme)];
            Count(known, (0, 0, 1));
            Count(found, (0, 1, 0));
            Count(known.Intersect(found), (1, 0, 0));
        }

        return new EntityReport(
            words == 0 ? 0 : (double)rightWords / words,
            new(counts.Select(type => KeyValuePair.Create(
                type.Key, EntityScore.Of(type.Value.Right, type.Value.Predicted, type.Value.True)))),
            EntityScore.Of(
                counts.Values.Sum(count => count.Right), counts.Values.Sum(count => count.Predicted),
                counts.Values.Sum(count => count.True)));

        void Count(IEnumerable<EntitySpan> entities, (int Right, int Predicted, int True) added)
        {
            foreach (var entity in entities)
            {
                var (right, predicted, known) = counts.GetValueOrDefault(entity.Type);
                counts[entity.Type] = (right + added.Right, predicted + added.Predicted, known + added.True);
            }
        }
    }

    /// <summary>Returns the table of seqeval's <c>classification_report</c>.</summary>
    /// <param name="digits">The number of digits after the decimal point; 2 by default.</param>
    public string ToString(int digits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(digits);
        var width = Types.Keys.Append(LongestAverage).Max(name => name.Length);
        var text = new StringBuilder();
        AddLine("", "precision", "recall", "f1-score", "support");
        text.Append('\n');
        foreach (var (type, score) in Types)
        {
            AddScore(type, score);
        }

        text.Append('\n');
        AddScore("micro avg", MicroAverage);
        AddScore("macro avg", MacroAverage);
        AddScore(LongestAverage, WeightedAverage);
        return text.ToString();

        void AddScore(string name, EntityScore score) =>
            AddLine(name, Text(score.Precision), Text(score.Recall), Text(score.F1), $"{score.Support}");

        void AddLine(string name, params ReadOnlySpan<string> columns)
        {
            text.Append(name.PadLeft(width)).Append(' ');
            foreach (var column in columns)
            {
                text.Append(' ').Append(column.PadLeft(9));
            }

            text.Append('\n');
        }

        string Text(double value) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public override string ToString() => ToString(2);

    private static IReadOnlyList<EntitySpan> Entities(IReadOnlyList<string> tags, TagScheme? scheme) =>
        scheme is { } strict ? EntitySpans.Of(tags, strict) : EntitySpans.Of(tags);

    private EntityScore Average(Func<EntityScore, double> weight) => new(
        Types.Values.Sum(score => weight(score) * score.Precision), Types.Values.Sum(score => weight(score) * score.Recall),
        Types.Values.Sum(score => weight(score) * score.F1), MicroAverage.Support);
}
