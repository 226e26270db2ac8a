namespace Semblance.Tensors.Tests;

/// <summary>Provides a slow, clear form of each operation on doubles, from which finite differences are taken.</summary>
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

    public static double[] Attention(double[] query, double[] key, double[] value, AttentionMask mask, int hidden, int heads, int? keyHeads = null)
    {
        int size = hidden / heads, headsPerKey = heads / (keyHeads ?? heads), keyHidden = hidden / headsPerKey;
        int Shared(int column) => (column / size / headsPerKey * size) + (column % size);
        var y = new double[query.Length];
        for (var sequence = 0; sequence < mask.Queries.Count; sequence++)
        {
            int start = mask.Queries.Offsets[sequence], queries = mask.Queries.Length(sequence);
            int keyStart = mask.Keys.Offsets[sequence], keys = mask.Keys.Length(sequence);
            for (var i = 0; i < queries; i++)
            {
                var place = keys - (queries - i);
                var seen = Enumerable.Range(0, keys).Where(j => !(mask.IsCausal && j > place) && Math.Abs(j - place) < (mask.Window ?? int.MaxValue)).Select(j => keyStart + j).ToArray();
                for (var head = 0; head < heads; head++)
                {
                    var columns = Enumerable.Range(head * size, size).ToArray();
                    var scores = seen.Select(j => columns.Sum(c => query[((start + i) * hidden) + c] * key[(j * keyHidden) + Shared(c)]) / Math.Sqrt(size)).ToArray();
                    var powers = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
                    foreach (var c in columns)
                    {
                        y[((start + i) * hidden) + c] = powers.Zip(seen, (p, j) => p * value[(j * keyHidden) + Shared(c)]).Sum() / powers.Sum();
                    }
                }
            }
        }

        return y;
    }

    public static double[] RmsNorm(double[] x, double[] weight, double epsilon, double offset) =>
        [.. x.Chunk(weight.Length).SelectMany(row => row.Select((v, i) => v / Math.Sqrt(row.Average(w => w * w) + epsilon) * (weight[i] + offset)))];

    // Each pair of columns is a complex number; rotating is a product with e^(i · position · frequency).
    public static double[] Rotate(double[] x, PackedBatch batch, int width, int headSize, float[] frequencies, double scale)
    {
        var y = (double[])x.Clone();
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            for (var token = batch.Offsets[sequence]; token < batch.Offsets[sequence + 1]; token++)
            {
                for (var head = 0; head < width; head += headSize)
                {
                    for (var pair = 0; pair < frequencies.Length; pair++)
                    {
                        int first = (token * width) + head + pair, second = first + frequencies.Length;
                        var turned = new System.Numerics.Complex(x[first], x[second]) * System.Numerics.Complex.FromPolarCoordinates(scale, (token - batch.Offsets[sequence]) * frequencies[pair]);
                        (y[first], y[second]) = (turned.Real, turned.Imaginary);
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
