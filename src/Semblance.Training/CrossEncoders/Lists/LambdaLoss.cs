using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training.CrossEncoders;

/// <summary>Represents the settings of <see cref="LambdaLoss"/>.</summary>
public record LambdaLossSettings : CrossEncoderLossSettings
{
    /// <summary>Gets the weight of a pair of candidates; <see cref="LambdaWeighting.NDCGLoss2PP"/> by default.</summary>
    public LambdaWeighting Weighting
    {
        get;
        init => field = Setting.Defined(value);
    } = LambdaWeighting.NDCGLoss2PP;

    /// <summary>Gets μ of <see cref="LambdaWeighting.NDCGLoss2PP"/>; 10 by default.</summary>
    public float Mu
    {
        get;
        init => field = Setting.Positive(value);
    } = 10;

    /// <summary>Gets the number of first ranks that are considered, from 1; <see langword="null"/>, the default, for all.</summary>
    public int? K
    {
        get;
        init => field = Setting.PositiveOrNull(value);
    }

    /// <summary>Gets the factor of the score differences; 1 by default.</summary>
    public float Sigma
    {
        get;
        init => field = Setting.Positive(value);
    } = 1;

    /// <summary>
    /// Gets a value that indicates whether logarithms are natural instead of binary, which multiplies the loss by ln 2;
    /// <see langword="false"/> by default.
    /// </summary>
    public bool NaturalLogarithm { get; init; }

    internal new LambdaLossSettings Read(RecipeNode node) => this with
    {
        K = node.Find("k")?.Count() ?? K,
        Sigma = node.Number("sigma", Sigma, float.Epsilon, 1e6f),
        NaturalLogarithm = node.Flag("natural-logarithm", NaturalLogarithm),
        MiniBatchSize = node.MiniBatchSize(MiniBatchSize),
    };
}

/// <summary>
/// Represents a differentiable bound of NDCG: each pair of candidates in the wrong order is weighted by its ranks (Wang et al. 2018, "The
/// LambdaLoss Framework for Ranking Metric Optimization", doi:10.1145/3269206.3271784).
/// </summary>
/// <remarks>
/// The mean over all pairs of the batch; zero for a batch in which no candidate is more relevant than another. A relevance label for each
/// candidate; without labels, the first candidate is 1 and the others are 0.
/// </remarks>
public class LambdaLoss(LambdaLossSettings? settings = null) : CrossEncoderLoss(settings)
{
    private const string WangLambda =
        """
        @inproceedings{wang2018lambdaloss,
            title = {The LambdaLoss Framework for Ranking Metric Optimization},
            author = {Xuanhui Wang and Cheng Li and Nadav Golbandi and Michael Bendersky and Marc Najork},
            booktitle = {Proceedings of the 27th ACM International Conference on Information and Knowledge Management},
            pages = {1313-1322},
            year = {2018},
            doi = {10.1145/3269206.3271784}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(LambdaLoss), ModelOutputKind.Logits, ["weighting", "mu", "k", "sigma", "natural-logarithm", "mini-batch"], (node, _) =>
        {
            var usual = new LambdaLossSettings().Read(node);
            return new LambdaLoss(usual with
            {
                Weighting = node.Find("weighting")?.OneOf(Weightings) ?? usual.Weighting,
                Mu = node.Number("mu", usual.Mu, float.Epsilon, 1e6f),
            });
        });

    /// <summary>Gets the settings.</summary>
    public LambdaLossSettings Settings { get; } = settings ?? new();

    private const float Least = 1e-10f; // the minimum of a probability

    private static readonly (string Name, LambdaWeighting Value)[] Weightings =
    [
        ("none", LambdaWeighting.None), ("ndcg-loss1", LambdaWeighting.NDCGLoss1), ("ndcg-loss2", LambdaWeighting.NDCGLoss2),
        ("lambda-rank", LambdaWeighting.LambdaRank), ("ndcg-loss2++", LambdaWeighting.NDCGLoss2PP),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [WangLambda];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, CrossEncoderInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var labels = input.RequireRelevances(this);
        var starts = input.Starts();
        var logits = input.Logits.Values.ToArray();
        var (higher, lower, weights) = (new List<int>(), new List<int>(), new List<float>());
        for (var row = 0; row < labels.Length; row++)
        {
            int[] order = [.. Enumerable.Range(0, labels[row].Length).OrderByDescending(j => logits[starts[row] + j])];
            foreach (var (i, j, weight) in Pairs(labels[row], order))
            {
                higher.Add(starts[row] + order[i]);
                lower.Add(starts[row] + order[j]);
                weights.Add(weight);
            }
        }

        if (weights.Count == 0)
        {
            return run.Nothing(input.Logits);
        }

        var difference = run.Subtract(
            run.Gather(input.Logits, [.. higher], higher.Count, 1), run.Gather(input.Logits, [.. lower], lower.Count, 1));
        var costs = AtMost(run, run.Softplus(run.Scale(difference, -Settings.Sigma)));
        costs = AtMost(run, run.ScaleRows(costs, [.. weights]));
        return run.Scale(run.Mean(costs), Settings.NaturalLogarithm ? 1 : 1 / MathF.Log(2));
    }

    // Ranks i and j by score, and the weight of their order.
    private IEnumerable<(int I, int J, float Weight)> Pairs(float[] labels, int[] order)
    {
        var k = Math.Min(Settings.K ?? int.MaxValue, labels.Length);
        var best = labels.OrderDescending().Take(k).Select((label, i) => Gain(label) / Discount(i)).Sum();
        var gains = Array.ConvertAll(order, j => Gain(labels[j]) / Math.Max(best, Least));
        for (var i = 0; i < k; i++)
        {
            for (var j = 0; j < k; j++)
            {
                if (Settings.Weighting == LambdaWeighting.NDCGLoss1 || labels[order[i]] > labels[order[j]])
                {
                    yield return (i, j, (float)Weight(gains, i, j));
                }
            }
        }
    }

    private double Weight(double[] gains, int i, int j)
    {
        var near = Math.Abs(i - j);
        var gain = Math.Abs(gains[i] - gains[j]);
        var ndcg = near == 0 ? 0 : gain * Math.Abs((1 / Discount(near - 1)) - (1 / Discount(near)));
        var rank = gain * Math.Abs((1 / Discount(i)) - (1 / Discount(j)));
        return Settings.Weighting switch
        {
            LambdaWeighting.None => 1,
            LambdaWeighting.NDCGLoss1 => gains[i] / Discount(i),
            LambdaWeighting.NDCGLoss2 => ndcg,
            LambdaWeighting.LambdaRank => rank,
            _ => (Settings.Mu * ndcg) + rank,
        };
    }

    private static double Gain(float label) => Math.Pow(2, Math.Max(label, 0)) - 1;

    private static double Discount(int place) => Math.Log2(2 + place);

    // −ln of a probability, clipped at the minimum.
    private static Tensor AtMost(Computation run, Tensor costs)
    {
        var most = -MathF.Log(Least);
        return run.Scale(run.Relu(run.Scale(costs, -1, most)), -1, most);
    }
}
