using Semblance.Tensors;

namespace Semblance.Training.Tests;

public class MetricsTests
{
    [Fact]
    public void Pearson_and_Spearman_are_those_of_textbooks()
    {
        // Hours of television and IQ (Wikipedia, "Spearman's rank correlation coefficient").
        double[] iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
        double[] hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
        Correlation.Spearman(iq, hours).ShouldBe(-29 / 165.0, 1e-12);
        // Anscombe's first set (1973).
        double[] x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
        double[] y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
        Correlation.Pearson(x, y).ShouldBe(0.81642, 1e-5);
        Correlation.Pearson(x, Array.ConvertAll(x, v => 3 - (2 * v))).ShouldBe(-1, 1e-15);
    }

    [Fact]
    public void Equal_values_share_the_mean_of_their_ranks()
    {
        Correlation.Ranks([3, 1, 3, 3, 2]).ShouldBe([4, 1, 4, 4, 2]);
        // scipy.stats.spearmanr([1, 2, 2, 3], [1, 3, 2, 4]) = 0.9486832980505138
        Correlation.Spearman([1, 2, 2, 3], [1, 3, 2, 4]).ShouldBe(0.9486832980505138, 1e-12);
    }

    [Fact]
    public void A_constant_series_correlates_with_nothing() => Correlation.Spearman([1, 2, 3], [5, 5, 5]).ShouldBe(0);

    [Fact]
    public void A_number_that_is_not_finite_is_named()
    {
        Should.Throw<ArgumentException>(() => Correlation.Pearson([1, 2, 3], [1, double.NaN, 3])).Message.ShouldContain("at 1");
        Should.Throw<ArgumentException>(() => Correlation.Pearson([1], [1])).Message.ShouldContain("at least 2");
    }

    [Fact]
    public void Average_precision_is_scikit_learns()
    {
        // The example of sklearn.metrics.average_precision_score.
        BinaryClassification.AveragePrecision([0.1, 0.4, 0.35, 0.8], [false, false, true, true]).ShouldBe(0.83333333, 1e-8);
        // All scores equal: the part of positives, whatever the order.
        BinaryClassification.AveragePrecision([1, 1, 1, 1], [true, false, false, false]).ShouldBe(0.25);
        BinaryClassification.AveragePrecision([1, 2], [false, false]).ShouldBe(0);
    }

    [Fact]
    public void The_best_threshold_lies_between_scores_that_differ()
    {
        BinaryClassification.BestAccuracy([0.9, 0.8, 0.3, 0.1], [true, true, false, false]).ShouldBe((1, (0.8 + 0.3) / 2));
        BinaryClassification.BestF1([0.9, 0.8, 0.7, 0.1], [true, false, true, false]).ShouldBe((0.8, 2 / 3.0, 1, (0.7 + 0.1) / 2));
        // No cut between the two at 0.5, so no order of theirs is better than another.
        BinaryClassification.BestAccuracy([0.5, 0.5, 0.1], [true, false, false]).ShouldBe((2 / 3.0, 0.3));
        BinaryClassification.BestAccuracy([0.5, 0.5], [true, false]).ShouldBe((0.5, 0.5));
    }

    [Fact]
    public void Matthews_correlation_is_scikit_learns()
    {
        // The example of sklearn.metrics.matthews_corrcoef: labels +1 +1 +1 -1, answers +1 -1 +1 +1.
        BinaryClassification.MatthewsCorrelation([1, 0, 1, 1], [true, true, true, false], 0.5).ShouldBe(-1 / 3.0, 1e-12);
        BinaryClassification.MatthewsCorrelation([1, 1], [true, false], 0.5).ShouldBe(0);
    }

    [Fact]
    public void Rankings_are_measured_as_the_textbook_does()
    {
        // Manning, Raghavan and Schütze: relevant at places 1, 3 and 6 of 10, four relevant in all.
        bool[] ranking = [true, false, true, false, false, true, false, false, false, false];
        Ranking.PrecisionAt(ranking, 5).ShouldBe(0.4);
        Ranking.RecallAt(ranking, 5, 4).ShouldBe(0.5);
        Ranking.AveragePrecisionAt(ranking, 10, 4).ShouldBe((1 + (2 / 3.0) + (3 / 6.0)) / 4, 1e-12);
        Ranking.ReciprocalRankAt([false, false, true], 3).ShouldBe(1 / 3.0);
        Ranking.ReciprocalRankAt([false, false, true], 2).ShouldBe(0);
        Ranking.AccuracyAt(ranking, 1).ShouldBe(1);
        Ranking.NdcgAt(ranking, 3, 4).ShouldBe((1 + (1 / Math.Log2(4))) / (1 + (1 / Math.Log2(3)) + (1 / Math.Log2(4))), 1e-12);
        Ranking.PrecisionAt([true], 4).ShouldBe(0.25);
    }

    [Fact]
    public void Equal_scores_share_their_gain()
    {
        Ranking.NdcgAt([3, 2, 1], [true, false, true], 3).ShouldBe((1 + 0.5) / (1 + (1 / Math.Log2(3))), 1e-12);
        // All equal: both orders give the same, the mean over all orders.
        Ranking.NdcgAt([1, 1], [true, false], 1).ShouldBe(0.5, 1e-12);
        Ranking.NdcgAt([1, 1], [false, true], 1).ShouldBe(0.5, 1e-12);
    }

    [Fact]
    public void The_largest_logit_is_the_answer()
    {
        var logits = Tensor.From([1, 2, 3, 9, 8, 7, 0, 5, 0, 1, 1, 1], 4, 3);
        Accuracy.OfLogits(logits, [2, 0, 2, 0]).ShouldBe(0.75);

        // F1 of the classes: 1, 0 (answered once, and wrong) and 2 · 1 / (2 + 1).
        Accuracy.MacroF1(logits, [2, 0, 2, 0]).ShouldBe((1 + 0 + (2 / 3.0)) / 3, 1e-12);
        Accuracy.WeightedF1(logits, [2, 0, 2, 0]).ShouldBe(((2 * 1) + (0 * 0) + (2 * (2 / 3.0))) / 4, 1e-12);
        Should.Throw<ArgumentException>(() => Accuracy.OfLogits(logits, [2, 0, 3, 0])).Message.ShouldContain("row 2 is 3");
    }
}
