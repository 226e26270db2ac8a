using Semblance.Files;

namespace Semblance.Training;

/// <summary>Represents the roles of the columns of an evaluation file. Columns that are not named are found by common names.</summary>
public sealed record EvaluationColumns
{
    private static readonly string[][] Singles = [["text"], ["sentence"], ["question"]];
    private static readonly string[][] Pairs =
    [
        ["sentence1", "sentence2"], ["question1", "question2"], ["premise", "hypothesis"], ["definition1", "definition2"],
        ["text1", "text2"], ["anchor", "positive"], ["question", "answer"],
    ];
    private static readonly string[][] Triplets = [["anchor", "positive", "negative"], ["sentence1", "sentence2", "sentence3"]];
    private static readonly string[] Scores = ["score", "relatedness_score", "similarity", "label"];
    private static readonly string[] Labels = ["label", "intent", "entailment_label", "gold_label", "category", "group_id"];

    /// <summary>Gets the text columns, in the order that the task expects; <see langword="null"/> to find them.</summary>
    public IReadOnlyList<string>? Texts { get; init; }

    /// <summary>Gets the column of similarity scores; <see langword="null"/> to find it.</summary>
    public string? Score { get; init; }

    /// <summary>Gets the column of labels; <see langword="null"/> to find it.</summary>
    public string? Label { get; init; }

    /// <summary>Returns the columns of single texts or pairs with labels in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="texts">The number of texts in a row: 1, or 2 for pairs.</param>
    /// <param name="labels">The names of the labels.</param>
    /// <exception cref="DatasetException">A column is not named, and the file has none of the common names.</exception>
    public ColumnMapping ColumnsOf(string path, int texts, LabelNames labels) => For(path, texts, labels: labels);

    /// <summary>
    /// Returns the mapping for single texts (1), pairs (2) or triplets (3), with a score or a label if the task needs one.
    /// </summary>
    /// <exception cref="DatasetException">A column is not named, and the file has none of the common names.</exception>
    internal ColumnMapping For(string path, int texts, bool score = false, LabelNames? labels = null)
    {
        if (Texts is not null && Texts.Count != texts)
        {
            throw new ArgumentException(
                $"The task needs {texts} text column{(texts > 1 ? "s" : "")}, but {Texts.Count} are named: {string.Join(", ", Texts)}.");
        }

        var names = new Lazy<string[]>(() => EvaluationFile.ColumnNames(path));
        var usual = texts switch { 1 => Singles, 2 => Pairs, _ => Triplets };
        return new ColumnMapping(
            Texts ?? usual.FirstOrDefault(columns => columns.All(names.Value.Contains)) ?? throw Unknown(path, names.Value, "texts"))
        {
            Score = score ? Score ?? Scores.FirstOrDefault(names.Value.Contains) ?? throw Unknown(path, names.Value, "score") : null,
            Label = labels is not null
                ? Label ?? Labels.FirstOrDefault(names.Value.Contains) ?? throw Unknown(path, names.Value, "label")
                : null,
            LabelNames = labels,
        };
    }

    private static DatasetException Unknown(string path, string[] names, string what) =>
        new(path, 1, $"none of the columns {Excerpt.Of(names)} has a common name for the {what}; name the column.");
}
