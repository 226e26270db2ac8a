using Semblance.Generation;

namespace Semblance.Tests.Generation;

public class LogitsProcessorTests
{
    private const float No = float.NegativeInfinity;

    [Fact]
    public void Temperature_divides_the_scores() => After(new Temperature(0.5f), [], [1, -2, 0]).ShouldBe([2, -4, 0]);

    [Fact]
    public void The_repetition_penalty_divides_positive_scores_and_multiplies_negative_ones_once_for_each_token() =>
        After(new RepetitionPenalty(2), [0, 1, 1, 0], [4, -3, 5, -6]).ShouldBe([2, -6, 5, -6]);

    [Theory]
    [InlineData(1, new[] { No, No, 5f, No })]
    [InlineData(2, new[] { 3f, No, 5f, 3f })] // a tie with the last one stays
    [InlineData(9, new[] { 3f, 1f, 5f, 3f })]
    public void Top_k_leaves_the_likeliest(int count, float[] expected) => After(new TopK(count), [], [3, 1, 5, 3]).ShouldBe(expected);

    // Probabilities 0.1, 0.2, 0.3, 0.4.
    [Theory]
    [InlineData(0.35f, 1, new[] { 0, 0, 0, 1 })]
    [InlineData(0.45f, 1, new[] { 0, 0, 1, 1 })]
    [InlineData(0.75f, 1, new[] { 0, 1, 1, 1 })]
    [InlineData(0.95f, 1, new[] { 1, 1, 1, 1 })]
    [InlineData(0.05f, 3, new[] { 0, 1, 1, 1 })]
    public void Top_p_leaves_the_fewest_tokens_with_so_much_of_the_probability(float share, int kept, int[] expected) =>
        Left(new TopP(share, kept), [0.1, 0.2, 0.3, 0.4]).ShouldBe(expected);

    [Fact]
    public void Top_p_of_large_logits_does_not_overflow()
    {
        After(new TopP(0.5f, 1), [], [200, 199, 100]).ShouldBe([200, No, No]);
        After(new TopP(0.9f, 1), [], [-300, -301, No]).ShouldBe([-300, -301, No]);
    }

    [Theory]
    [InlineData(0.6f, 1, new[] { 0, 0, 1, 1 })]
    [InlineData(0.2f, 1, new[] { 1, 1, 1, 1 })]
    [InlineData(1f, 1, new[] { 0, 0, 0, 1 })]
    [InlineData(1f, 2, new[] { 0, 0, 1, 1 })]
    public void Min_p_leaves_tokens_that_are_so_many_times_as_likely_as_the_likeliest(float share, int kept, int[] expected) =>
        Left(new MinP(share, kept), [0.1, 0.2, 0.3, 0.4]).ShouldBe(expected);

    [Fact]
    public void Three_tokens_in_a_row_do_not_come_twice() =>
        After(new NoRepeatNgram(3), [1, 2, 0, 3, 1, 2], [5, 5, 5, 5]).ShouldBe([No, 5, 5, 5]);

    [Fact]
    public void With_a_size_of_one_no_token_comes_twice() => After(new NoRepeatNgram(1), [1, 2], [5, 5, 5, 5]).ShouldBe([5, No, No, 5]);

    [Fact]
    public void A_sequence_does_not_end_before_its_least_length()
    {
        After(new SuppressedTokens([0, 2], before: 3), [9, 9], [1, 1, 1]).ShouldBe([No, 1, No]);
        After(new SuppressedTokens([0, 2], before: 3), [9, 9, 9], [1, 1, 1]).ShouldBe([1, 1, 1]);
    }

    [Fact]
    public void A_forced_token_is_the_only_one_at_its_place()
    {
        After(new ForcedTokens([1], length: 2), [9, 9], [1, 1, 1]).ShouldBe([No, 0, No]);
        After(new ForcedTokens([1], length: 2), [9], [1, 1, 1]).ShouldBe([1, 1, 1]);
    }

    [Fact]
    public void What_is_drawn_has_the_probabilities_of_the_scores()
    {
        double[] probabilities = [0.1, 0.2, 0.3, 0.4];
        var scores = probabilities.Select(p => (float)Math.Log(p) + 7).ToArray();
        var random = new Random(1);
        var counts = new int[4];
        const int Draws = 20_000;
        for (var i = 0; i < Draws; i++)
        {
            counts[TokenSampler.Draw(scores, random)[0]]++;
        }

        for (var i = 0; i < 4; i++)
        {
            // Five deviations of a binomial count.
            ((double)counts[i]).ShouldBe(Draws * probabilities[i], 5 * Math.Sqrt(Draws * probabilities[i] * (1 - probabilities[i])));
        }
    }

    [Fact]
    public void Nothing_is_drawn_twice_and_nothing_forbidden()
    {
        var random = new Random(2);
        for (var i = 0; i < 100; i++)
        {
            TokenSampler.Draw([0, No, 80, 1], random, 4).Order().ShouldBe([0, 2, 3]);
        }

        Should.Throw<ArgumentException>(() => TokenSampler.Draw([No, No], random));
        Should.Throw<ArgumentException>(() => TokenSampler.Best([No, No]));
        TokenSampler.Best([1, 3, 3, No]).ShouldBe(1);
    }

    private static float[] After(LogitsProcessor processor, int[] sequence, float[] scores)
    {
        processor.Process(sequence, scores);
        return scores;
    }

    private static int[] Left(LogitsProcessor processor, double[] probabilities) =>
        [.. After(processor, [], [.. probabilities.Select(p => (float)Math.Log(p))]).Select(score => score == No ? 0 : 1)];
}
