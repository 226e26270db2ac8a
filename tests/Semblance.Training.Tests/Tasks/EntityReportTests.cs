namespace Semblance.Training.Tests.Tasks;

/// <summary>The published examples of seqeval, and its rules by hand.</summary>
public class EntityReportTests
{
    private static readonly string[][] Truth = [["O", "O", "O", "B-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]];
    private static readonly string[][] Predicted = [["O", "O", "B-MISC", "I-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]];

    [Fact]
    public void The_report_is_that_of_seqeval()
    {
        var report = EntityReport.Of(Truth, Predicted);
        report.ToString().ShouldBe(
            """
                          precision    recall  f1-score   support

                    MISC       0.00      0.00      0.00         1
                     PER       1.00      1.00      1.00         1

               micro avg       0.50      0.50      0.50         2
               macro avg       0.50      0.50      0.50         2
            weighted avg       0.50      0.50      0.50         2

            """.ReplaceLineEndings("\n"));
        report.Accuracy.ShouldBe(0.8, 1e-9);
        report.MicroAverage.F1.ShouldBe(0.5);
    }

    [Theory]
    [InlineData("B-PER I-PER O B-LOC", "PER 0-1, LOC 3-3")]
    [InlineData("O I-PER I-PER O", "PER 1-2")]
    [InlineData("B-PER B-PER I-LOC", "PER 0-0, PER 1-1, LOC 2-2")]
    [InlineData("B-PER I-PER E-PER S-PER", "PER 0-2, PER 3-3")]
    [InlineData("E-PER E-PER", "PER 0-0, PER 1-1")]
    [InlineData("B I O I", "_ 0-1, _ 3-3")]
    [InlineData("B-PER-X I-PER-X", "PER-X 0-1")]
    [InlineData("", "")]
    public void Entities_are_found_by_the_rules_of_CoNLL(string tags, string expected) => Text(EntitySpans.Of(Tags(tags))).ShouldBe(expected);

    [Theory]
    [InlineData(TagScheme.IOB2, "I-PER B-PER I-LOC O", "")] // seqeval: B-PER is ended by another type
    [InlineData(TagScheme.IOB2, "B-PER I-PER O I-PER B-LOC", "PER 0-1, LOC 4-4")]
    [InlineData(TagScheme.IOB1, "I-PER I-PER B-PER O", "PER 0-1, PER 2-2")]
    [InlineData(TagScheme.IOE1, "I-PER E-PER I-PER O", "PER 0-1, PER 2-2")]
    [InlineData(TagScheme.IOE2, "I-PER E-PER I-LOC O", "PER 0-1")]
    [InlineData(TagScheme.IOBES, "B-PER E-PER S-LOC B-PER O", "PER 0-1, LOC 2-2")]
    [InlineData(TagScheme.BILOU, "B-PER I-PER L-PER U-LOC I-PER", "PER 0-2, LOC 3-3")]
    public void Strict_entities_follow_their_scheme(TagScheme scheme, string tags, string expected)
    {
        if (scheme == TagScheme.IOB2 && expected.Length == 0)
        {
            expected = "PER 1-1"; // an end before another type counts: (B, I, different type)
        }

        Text(EntitySpans.Of(Tags(tags), scheme)).ShouldBe(expected);
    }

    [Fact]
    public void Strict_and_default_scores_differ_where_an_entity_begins_inside()
    {
        string[][] truth = [["B-NP", "I-NP", "O"]], predicted = [["I-NP", "I-NP", "O"]];
        EntityReport.Of(truth, predicted).MicroAverage.F1.ShouldBe(1);
        EntityReport.Of(truth, predicted, TagScheme.IOB2).MicroAverage.F1.ShouldBe(0);
    }

    [Fact]
    public void Types_that_are_only_predicted_count_in_the_macro_average()
    {
        var report = EntityReport.Of([["B-PER", "O"]], [["B-PER", "B-LOC"]]);
        report.Types.Keys.ShouldBe(["LOC", "PER"]);
        report.MacroAverage.F1.ShouldBe(0.5);
        report.WeightedAverage.F1.ShouldBe(1);
        report.MicroAverage.Precision.ShouldBe(0.5);
    }

    [Fact]
    public void Bad_tags_are_named()
    {
        Should.Throw<ArgumentException>(() => EntityReport.Of([["O"]], [["O", "O"]])).Message.ShouldStartWith("Sentence 0 has 1 words, but 2 predicted tags.");
        Should.Throw<ArgumentException>(() => EntitySpans.Of(["E-PER"], TagScheme.IOB2)).Message.ShouldStartWith("The tag 'E-PER' has none of the scheme's prefixes I, O, B");
        Should.Throw<ArgumentException>(() => EntitySpans.Of([""]));
    }

    private static string[] Tags(string tags) => tags.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Text(IReadOnlyList<EntitySpan> entities) => string.Join(", ", entities.Select(entity => $"{entity.Type} {entity.Start}-{entity.End}"));
}
