using Semblance.Tokenizers;

namespace Semblance.Tests;

/// <summary>Entities from the probabilities of tokens, by hand and by the rules of the original's pipeline.</summary>
public class EntityAggregationTests
{
    private static readonly string[] Labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];
    private static readonly Tokenizer Tokenizer = SentenceTransformer.Load(Fixtures.Own("st/mean-normalize")).Tokenizer;

    [Fact]
    public void Every_token_with_a_label_is_an_entity_without_aggregation()
    {
        const string Text = "a man";
        var (window, words) = Encode(Text);
        var entities = Entities(Text, AggregationStrategy.None, window, [("B-PER", 0.9f), .. Enumerable.Repeat(("I-PER", 0.6f), words - 1)]);
        entities.Count.ShouldBe(words);
        entities[0].ShouldBe(new Entity("B-PER", 0.9f, 0, 1, "a") { Word = "a", TokenIndex = 1 }, new Close());
        entities.Skip(1).ShouldAllBe(entity => entity.Label == "I-PER" && entity.TokenIndex > 1);
    }

    [Fact]
    public void Adjacent_tokens_of_a_type_are_one_entity_with_the_mean_of_their_scores()
    {
        const string Text = "a b c d e";
        var (window, _) = Encode(Text);
        var entities = Entities(
            Text, AggregationStrategy.Simple, window, [("B-PER", 0.9f), ("I-PER", 0.7f), ("O", 0.5f), ("I-LOC", 0.8f), ("B-LOC", 0.6f)]);
        entities.Select(entity => (entity.Label, entity.Start, entity.End, entity.Text)).ShouldBe(
            [("PER", 0, 3, "a b"), ("LOC", 6, 7, "d"), ("LOC", 8, 9, "e")]);
        entities[0].Score.ShouldBe(0.8f, 1e-6f);
        entities[0].TokenIndex.ShouldBeNull();
    }

    [Fact]
    public void A_tag_of_another_type_ends_an_entity_even_if_it_continues()
    {
        const string Text = "a b";
        var (window, _) = Encode(Text);
        Entities(Text, AggregationStrategy.Simple, window, [("I-PER", 0.9f), ("I-LOC", 0.7f)]).Select(entity => entity.Label).ShouldBe(["PER", "LOC"]);
    }

    [Theory]
    [InlineData(AggregationStrategy.First, "PER", 0.6f)]
    [InlineData(AggregationStrategy.Max, "LOC", 0.9f)]
    [InlineData(AggregationStrategy.Average, "LOC", 0.5f)]
    public void A_word_has_one_label_by_its_first_its_surest_or_the_mean_of_its_tokens(AggregationStrategy strategy, string label, float score)
    {
        // One word of two tokens: the second continues it with the prefix ##.
        const string Text = "ab";
        var window = TwoTokens(Text);
        float[] scores = [.. Row(), 0.2f, 0.6f, 0.1f, 0.1f, 0, 0.05f, 0.05f, 0, 0.9f, 0, .. Row()];
        var found = new EntityAggregation(Tokenizer, Labels, new TagOptions { Aggregation = strategy }).Of(Text, [(window, scores)]);
        var entity = found.ShouldHaveSingleItem();
        (entity.Label, entity.Start, entity.End).ShouldBe((label, 0, 2));
        entity.Score.ShouldBe(score, 1e-6f);
    }

    [Fact]
    public void Ignored_labels_are_no_entities()
    {
        const string Text = "a b";
        var (window, _) = Encode(Text);
        var scores = Scores(window, [("B-PER", 0.9f), ("B-LOC", 0.9f)]);
        new EntityAggregation(Tokenizer, Labels, new TagOptions { IgnoredLabels = ["O", "LOC"] }).Of(Text, [(window, scores)])
            .ShouldHaveSingleItem().Label.ShouldBe("PER");
    }

    [Fact]
    public void Of_the_entities_of_two_windows_the_longest_counts()
    {
        const string Text = "a b c";
        var (window, _) = Encode(Text);
        var (one, other) = (Scores(window, [("B-PER", 0.9f), ("O", 0.9f), ("O", 0.9f)]), Scores(window, [("B-PER", 0.6f), ("I-PER", 0.6f), ("O", 0.9f)]));
        new EntityAggregation(Tokenizer, Labels, TagOptions.Default).Of(Text, [(window, one), (window, other)]).ShouldHaveSingleItem().Text.ShouldBe("a b");
    }

    [Fact]
    public void Single_and_end_tags_close_an_entity()
    {
        const string Text = "a b c d";
        string[] labels = ["O", "B-PER", "I-PER", "E-PER", "S-PER"];
        var (window, _) = Encode(Text);
        var scores = Scores(window, [("B-PER", 0.9f), ("E-PER", 0.9f), ("S-PER", 0.9f), ("S-PER", 0.9f)], labels);
        new EntityAggregation(Tokenizer, labels, TagOptions.Default).Of(Text, [(window, scores)]).Select(entity => entity.Text).ShouldBe(["a b", "c", "d"]);
    }

    private static IReadOnlyList<Entity> Entities(string text, AggregationStrategy strategy, Encoding window, (string, float)[] tokens) =>
        new EntityAggregation(Tokenizer, Labels, new TagOptions { Aggregation = strategy }).Of(text, [(window, Scores(window, tokens))]);

    private static (Encoding Window, int Tokens) Encode(string text)
    {
        var window = Tokenizer.Encode(text);
        return (window, window.Count - 2);
    }

    // A text of one word that the tokenizer divides into two tokens.
    private static Encoding TwoTokens(string text)
    {
        var window = Tokenizer.Encode(text);
        window.Tokens.ShouldBe(["[CLS]", "a", "##b", "[SEP]"]);
        return window;
    }

    private static float[] Row() => [1, 0, 0, 0, 0];

    private static float[] Scores(Encoding window, (string Label, float Score)[] tokens, string[]? labels = null)
    {
        labels ??= Labels;
        var scores = new float[window.Count * labels.Length];
        for (var i = 0; i < tokens.Length; i++)
        {
            scores[((i + 1) * labels.Length) + Array.IndexOf(labels, tokens[i].Label)] = tokens[i].Score;
        }

        return scores;
    }

    private sealed class Close : IEqualityComparer<Entity>
    {
        public bool Equals(Entity? x, Entity? y) => x == y;

        public int GetHashCode(Entity obj) => 0;
    }
}
