namespace Semblance.Tensors.Tests;

/// <summary>The slow, clear form of each operation from doubles to doubles: what gradients are differenced on.</summary>
internal static class DoubleReference
{
    public static Func<double, double> Formula(Activation activation) => activation switch
    {
        Activation.Identity => x => x,
        Activation.Gelu => Gelu,
        Activation.GeluTanh => x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        Activation.QuickGelu => x => x * Sigmoid(1.702 * x),
        Activation.GeluClipped => x => Math.Clamp(Gelu(x), -10, 10),
        Activation.Relu => x => Math.Max(x, 0),
        Activation.Relu6 => x => Math.Clamp(x, 0, 6),
        Activation.ReluSquared => x => Math.Pow(Math.Max(x, 0), 2),
        Activation.LeakyRelu => x => x < 0 ? 0.01 * x : x,
        Activation.Silu => x => x * Sigmoid(x),
        Activation.Mish => x => x * Math.Tanh(Math.Log(1 + Math.Exp(x))),
        Activation.Laplace => x => 0.5 * (1 + Reference.Erf((x - Math.Sqrt(0.5)) * Math.Sqrt(2 * Math.PI))),
        Activation.Tanh => Math.Tanh,
        Activation.Sigmoid => Sigmoid,
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

    public static double[] Linear(double[] x, double[] weight, double[]? bias, int inputs, Func<double, double> activation)
    {
        int rows = x.Length / inputs, outputs = weight.Length / inputs;
        var y = new double[rows * outputs];
        for (var i = 0; i < y.Length; i++)
        {
            var (row, output) = (i / outputs, i % outputs);
            var sum = bias?[output] ?? 0;
            for (var k = 0; k < inputs; k++)
            {
                sum += x[(row * inputs) + k] * weight[(output * inputs) + k];
            }

            y[i] = activation(sum);
        }

        return y;
    }

    public static double[] Attention(double[] query, double[] key, double[] value, AttentionMask mask, int hidden, int heads)
    {
        var size = hidden / heads;
        var y = new double[query.Length];
        for (var sequence = 0; sequence < mask.Queries.Count; sequence++)
        {
            int start = mask.Queries.Offsets[sequence], queries = mask.Queries.Length(sequence);
            int keyStart = mask.Keys.Offsets[sequence], keys = mask.Keys.Length(sequence);
            for (var i = 0; i < queries; i++)
            {
                var seen = mask.IsCausal ? keys - (queries - 1 - i) : keys;
                for (var head = 0; head < heads; head++)
                {
                    var columns = Enumerable.Range(head * size, size).ToArray();
                    var scores = Enumerable.Range(keyStart, seen)
                        .Select(j => columns.Sum(c => query[((start + i) * hidden) + c] * key[(j * hidden) + c]) / Math.Sqrt(size)).ToArray();
                    var powers = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
                    foreach (var c in columns)
                    {
                        y[((start + i) * hidden) + c] = powers.Select((p, j) => p * value[((keyStart + j) * hidden) + c]).Sum() / powers.Sum();
                    }
                }
            }
        }

        return y;
    }

    public static double[] LayerNorm(double[] x, double[] residual, double[] weight, double[] bias, double epsilon)
    {
        var columns = weight.Length;
        var sums = x.Zip(residual, (a, b) => a + b).Chunk(columns).ToArray();
        return [.. sums.SelectMany(row =>
        {
            var mean = row.Average();
            var deviation = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + epsilon);
            return row.Select((v, i) => ((v - mean) / deviation * weight[i]) + bias[i]);
        })];
    }

    public static double[] Normalize(double[] x, int columns) =>
        [.. x.Chunk(columns).SelectMany(row => row.Select(v => v / Math.Sqrt(row.Sum(w => w * w))))];

    public static double[] Embed(PackedBatch batch, double[] words, double[] positions, double[] types, int columns)
    {
        var y = new double[batch.TokenCount * columns];
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            for (var token = batch.Offsets[sequence]; token < batch.Offsets[sequence + 1]; token++)
            {
                for (var c = 0; c < columns; c++)
                {
                    y[(token * columns) + c] = words[(batch.TokenIds[token] * columns) + c] + types[(batch.TypeIds[token] * columns) + c]
                        + positions[((token - batch.Offsets[sequence]) * columns) + c];
                }
            }
        }

        return y;
    }

    public static double[] Pool(double[] x, PackedBatch batch, int columns, Pooling[] modes, int skip)
    {
        var y = new List<double>();
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            int start = batch.Offsets[sequence], end = batch.Offsets[sequence + 1];
            foreach (var mode in modes)
            {
                for (var c = 0; c < columns; c++)
                {
                    var column = Enumerable.Range(start, end - start).Select(t => x[(t * columns) + c]).ToArray();
                    var kept = column.Skip(skip).ToArray();
                    var weights = Enumerable.Range(1, column.Length).Skip(skip).ToArray();
                    y.Add(mode switch
                    {
                        Pooling.Cls => column[0],
                        _ when kept.Length == 0 => 0,
                        Pooling.LastToken => kept[^1],
                        Pooling.Max => kept.Max(),
                        Pooling.Mean => kept.Average(),
                        Pooling.MeanSqrtLength => kept.Sum() / Math.Sqrt(kept.Length),
                        _ => kept.Zip(weights, (v, w) => v * w).Sum() / weights.Sum(),
                    });
                }
            }
        }

        return [.. y];
    }

    private static double Gelu(double x) => 0.5 * x * (1 + Reference.Erf(x / Math.Sqrt(2)));

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
