namespace Semblance.Training.Tests;

public class NliTripletsTests
{
    private static readonly LabelNames Labels = new("contradiction", "neutral", "entailment");

    [Fact]
    public void A_sentence_with_both_relations_gives_a_triplet_each_way()
    {
        var triplets = NliTriplets.From([Row("dog runs", "animal moves", 2), Row("dog runs", "dog is brown", 1), Row("dog runs", "dog sleeps", 0)], Labels);
        triplets.Select(triplet => string.Join(" | ", triplet.Texts)).ShouldBe(["dog runs | animal moves | dog sleeps", "animal moves | dog runs | dog sleeps"]);
        triplets.ShouldAllBe(triplet => triplet.Label == null);
    }

    [Fact]
    public void Relations_hold_in_both_directions()
    {
        // The hypothesis of two premises is an anchor too.
        var triplets = NliTriplets.From([Row("p", "h", 2), Row("q", "h", 0)], Labels);
        triplets.Select(triplet => string.Concat(triplet.Texts)).ShouldBe(["hpq", "phq"]);
    }

    [Fact]
    public void Without_a_contradiction_there_is_no_triplet()
    {
        NliTriplets.From([Row("p", "h", 2), Row("p", "i", 1)], Labels).ShouldBeEmpty();
        NliTriplets.From([Row("p", "p", 2), Row("p", "i", 0)], Labels).ShouldBeEmpty();
    }

    [Fact]
    public void The_seed_picks_among_several()
    {
        Example[] rows = [.. Enumerable.Range(0, 5).Select(i => Row("p", $"e{i}", 2)), .. Enumerable.Range(0, 5).Select(i => Row("p", $"c{i}", 0))];
        string Of(long seed) => string.Join(' ', NliTriplets.From(rows, Labels, seed).SelectMany(triplet => triplet.Texts));
        Of(3).ShouldBe(Of(3));
        Enumerable.Range(0, 20).Select(seed => Of(seed)).Distinct().Count().ShouldBeGreaterThan(5);
    }

    [Fact]
    public void Unsuitable_rows_and_names_are_refused()
    {
        Should.Throw<ArgumentException>(() => NliTriplets.From([new Example(["p", "h"])], Labels)).Message.ShouldContain("no class");
        Should.Throw<FormatException>(() => NliTriplets.From([Row("p", "h", 1)], new LabelNames("entailment", "not_entailment"))).Message.ShouldContain("'contradiction'");
    }

    [SharedFact]
    public void Real_rows_give_triplets()
    {
        var labels = new LabelNames();
        var columns = new ColumnMapping("premise", "hypothesis") { Label = "label", LabelNames = labels };
        var rows = new DatasetReader(Fixtures.InShared("data/nli/snli/dev.tsv.gz"), columns).ToList();
        var triplets = NliTriplets.From(rows, labels);
        triplets.Count.ShouldBeGreaterThan(5000);
        var relations = rows.ToLookup(row => (row.Texts[0], row.Texts[1]), row => labels.Names[row.Label!.Value]);
        bool Holds(string a, string b, string relation) => relations[(a, b)].Contains(relation) || relations[(b, a)].Contains(relation);
        foreach (var triplet in triplets)
        {
            var (a, b, c) = (triplet.Texts[0], triplet.Texts[1], triplet.Texts[2]);
            Holds(a, b, "entailment").ShouldBeTrue(a);
            (Holds(a, c, "contradiction") || Holds(b, c, "contradiction")).ShouldBeTrue(a);
        }
    }

    private static Example Row(string premise, string hypothesis, int label) => new([premise, hypothesis], Label: label);
}
