namespace Semblance.Tensors.Tests;

/// <summary>Provides a slow, clear form of each operation in double precision, against which the kernels are tested.</summary>
internal static class Reference
{
    public static float[] Linear(Tensor x, Tensor weight, Tensor? bias, Func<double, double> activation)
    {
        var y = new float[x.Rows * weight.Rows];
        for (var row = 0; row < x.Rows; row++)
        {
            for (var output = 0; output < weight.Rows; output++)
            {
                double sum = bias is null ? 0 : bias.Values[output];
                for (var k = 0; k < x.Columns; k++)
                {
                    sum += (double)x.Row(row)[k] * weight.Row(output)[k];
                }

                y[(row * weight.Rows) + output] = (float)activation(sum);
            }
        }

        return y;
    }

    public static float[] Attention(Tensor query, Tensor key, Tensor value, PackedBatch batch, int heads)
    {
        int hidden = query.Columns, size = hidden / heads;
        var y = new float[query.Length];
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            int start = batch.Offsets[sequence], end = batch.Offsets[sequence + 1];
            for (var head = 0; head < heads; head++)
            {
                for (var i = start; i < end; i++)
                {
                    var weights = new double[end - start];
                    for (var j = start; j < end; j++)
                    {
                        for (var c = head * size; c < (head + 1) * size; c++)
                        {
                            weights[j - start] += (double)query.Row(i)[c] * key.Row(j)[c] / Math.Sqrt(size);
                        }
                    }

                    var largest = weights.Max();
                    weights = [.. weights.Select(w => Math.Exp(w - largest))];
                    var sum = weights.Sum();
                    for (var c = head * size; c < (head + 1) * size; c++)
                    {
                        double mixed = 0;
                        for (var j = start; j < end; j++)
                        {
                            mixed += weights[j - start] / sum * value.Row(j)[c];
                        }

                        y[(i * hidden) + c] = (float)mixed;
                    }
                }
            }
        }

        return y;
    }

    public static float[] LayerNorm(Tensor x, Tensor? residual, LayerNorm layer)
    {
        var y = new float[x.Length];
        for (var row = 0; row < x.Rows; row++)
        {
            var values = new double[x.Columns];
            for (var i = 0; i < x.Columns; i++)
            {
                values[i] = x.Row(row)[i] + (residual is null ? 0.0 : residual.Row(row)[i]);
            }

            var mean = values.Average();
            var variance = values.Average(v => (v - mean) * (v - mean));
            for (var i = 0; i < x.Columns; i++)
            {
                y[(row * x.Columns) + i] = (float)(((values[i] - mean) / Math.Sqrt(variance + layer.Epsilon) * layer.Weight.Values[i]) + layer.Bias!.Values[i]);
            }
        }

        return y;
    }

    /// <summary>Computes the error function by its series, and by its continued fraction where that is more accurate.</summary>
    public static double Erf(double x)
    {
        var a = Math.Abs(x);
        if (a > 6)
        {
            return Math.Sign(x);
        }

        if (a < 2.5)
        {
            double term = a, sum = a;
            for (var n = 1; n < 100; n++)
            {
                term *= -a * a / n;
                sum += term / ((2 * n) + 1);
            }

            return Math.Sign(x) * 2 / Math.Sqrt(Math.PI) * sum;
        }

        double fraction = 0;
        for (var n = 200; n > 0; n--)
        {
            fraction = n / 2.0 / (a + fraction);
        }

        return Math.Sign(x) * (1 - (Math.Exp(-a * a) / Math.Sqrt(Math.PI) / (a + fraction)));
    }
}
