using Semblance.Files;

namespace Semblance.Training;

/// <summary>Which columns of an evaluation's file are what. What is not named is found by the names that are usual in the field.</summary>
public sealed record EvaluationColumns
{
    private static readonly string[][] Singles = [["text"], ["sentence"], ["question"]];
    private static readonly string[][] Pairs =
        [["sentence1", "sentence2"], ["question1", "question2"], ["premise", "hypothesis"], ["definition1", "definition2"], ["text1", "text2"], ["anchor", "positive"], ["question", "answer"]];
    private static readonly string[][] Triplets = [["anchor", "positive", "negative"], ["sentence1", "sentence2", "sentence3"]];
    private static readonly string[] Scores = ["score", "relatedness_score", "similarity", "label"];
    private static readonly string[] Labels = ["label", "intent", "entailment_label", "gold_label", "category", "group_id"];

    /// <summary>The columns of texts, in the order that the task expects; null to find them.</summary>
    public IReadOnlyList<string>? Texts { get; init; }

    /// <summary>The column of a number that says how alike two texts are; null to find it.</summary>
    public string? Score { get; init; }

    /// <summary>The column of the class; null to find it.</summary>
    public string? Label { get; init; }

    /// <summary>The mapping for single texts (1), pairs (2) or triplets (3), with a score or a label if the task needs one.</summary>
    /// <exception cref="DatasetException">A column is not named and none of the usual ones is there.</exception>
    internal ColumnMapping For(string path, int texts, bool score = false, LabelNames? labels = null)
    {
        if (Texts is not null && Texts.Count != texts)
        {
            throw new ArgumentException($"The task needs {texts} column{(texts > 1 ? "s" : "")} of text; {Texts.Count} are named: {string.Join(", ", Texts)}.");
        }

        var names = new Lazy<string[]>(() => EvaluationFile.ColumnNames(path));
        var usual = texts switch { 1 => Singles, 2 => Pairs, _ => Triplets };
        return new ColumnMapping(Texts ?? usual.FirstOrDefault(columns => columns.All(names.Value.Contains)) ?? throw Unknown(path, names.Value, "texts"))
        {
            Score = score ? Score ?? Scores.FirstOrDefault(names.Value.Contains) ?? throw Unknown(path, names.Value, "score") : null,
            Label = labels is not null ? Label ?? Labels.FirstOrDefault(names.Value.Contains) ?? throw Unknown(path, names.Value, "label") : null,
            LabelNames = labels,
        };
    }

    private static DatasetException Unknown(string path, string[] names, string what) =>
        new(path, 1, $"none of the columns {Excerpt.Of(names)} has a usual name for the {what}; say which to take.");
}
