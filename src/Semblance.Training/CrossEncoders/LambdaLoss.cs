using Semblance.Tensors;

namespace Semblance.Training.CrossEncoders;

/// <summary>
/// Bounds of NDCG that have gradients: each two candidates of a query in the wrong order cost what their places are worth (Wang et al. 2018,
/// "The LambdaLoss Framework for Ranking Metric Optimization", doi:10.1145/3269206.3271784). A relevance for each candidate; without, the first
/// is 1 and the others 0.
/// </summary>
/// <param name="weighting">What a pair of candidates counts.</param>
/// <param name="mu">μ of <see cref="LambdaWeighting.NDCGLoss2PP"/>.</param>
/// <remarks>The mean over all pairs of the batch; a batch in which no candidate is more relevant than another costs nothing.</remarks>
public class LambdaLoss(LambdaWeighting weighting = LambdaWeighting.NDCGLoss2PP, float mu = 10) : CrossEncoderLoss
{
    private const float Least = 1e-10f; // of a probability

    /// <summary>Gets μ of <see cref="LambdaWeighting.NDCGLoss2PP"/>.</summary>
    public float Mu { get; } = Positive(mu);

    /// <summary>Gets what a pair of candidates counts.</summary>
    public LambdaWeighting Weighting { get; } = Enum.IsDefined(weighting) ? weighting : throw new ArgumentOutOfRangeException(nameof(weighting), weighting, "There is no such weighting.");

    /// <summary>How many of the first places count, from 1; null, the default, for all.</summary>
    public int? K
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(K), value, "At least one place must count.");
    }

    /// <summary>What differences of scores are multiplied by; 1 by default.</summary>
    public float Sigma
    {
        get;
        init => field = Positive(value);
    } = 1;

    /// <summary>Takes natural logarithms instead of binary ones: the loss × ln 2. False by default.</summary>
    public bool NaturalLogarithm { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.WangLambda];

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

        var difference = run.Subtract(run.Gather(input.Logits, [.. higher], higher.Count, 1), run.Gather(input.Logits, [.. lower], lower.Count, 1));
        var costs = AtMost(run, run.Softplus(run.Scale(difference, -Sigma)));
        costs = AtMost(run, run.ScaleRows(costs, [.. weights]));
        return run.Scale(run.Mean(costs), NaturalLogarithm ? 1 : 1 / MathF.Log(2));
    }

    // Places i and j of the ranking by score, and what their order counts.
    private IEnumerable<(int I, int J, float Weight)> Pairs(float[] labels, int[] order)
    {
        var k = Math.Min(K ?? int.MaxValue, labels.Length);
        var best = labels.OrderDescending().Take(k).Select((label, i) => Gain(label) / Discount(i)).Sum();
        var gains = Array.ConvertAll(order, j => Gain(labels[j]) / Math.Max(best, Least));
        for (var i = 0; i < k; i++)
        {
            for (var j = 0; j < k; j++)
            {
                if (Weighting == LambdaWeighting.NDCGLoss1 || labels[order[i]] > labels[order[j]])
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
        return Weighting switch
        {
            LambdaWeighting.None => 1,
            LambdaWeighting.NDCGLoss1 => gains[i] / Discount(i),
            LambdaWeighting.NDCGLoss2 => ndcg,
            LambdaWeighting.LambdaRank => rank,
            _ => (Mu * ndcg) + rank,
        };
    }

    private static double Gain(float label) => Math.Pow(2, Math.Max(label, 0)) - 1;

    private static double Discount(int place) => Math.Log2(2 + place);

    // −ln of a probability that is cut at the least.
    private static Tensor AtMost(Computation run, Tensor costs)
    {
        var most = -MathF.Log(Least);
        return run.Scale(run.Relu(run.Scale(costs, -1, most)), -1, most);
    }
}
