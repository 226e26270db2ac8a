using System.Numerics.Tensors;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Training;

/// <summary>
/// Computes the objective of logistic regression, mean −log p(label) + λ/2 ‖weights‖², its gradient, and products of its Hessian with
/// vectors.
/// </summary>
/// <remarks>
/// The parameters have one row per class (one row for two classes): the weights, then the intercept. Vectors are centered at their mean:
/// this changes
/// only the intercepts, and removes the direction that all sentence embeddings share, which would slow the conjugate gradients.
/// </remarks>
internal sealed class LogisticObjective
{
    private const int BlockRows = 128; // a block stays in the L2 cache between the two halves of a product

    private readonly float[] _vectors;
    private readonly float[] _mean;
    private readonly int[] _labels;
    private readonly int _dimension;
    private readonly int _outputs;
    private readonly double _penalty;
    private readonly double[] _probabilities;

    public LogisticObjective(Tensor vectors, ReadOnlySpan<int> labels, ReadOnlySpan<int> rows, int classes, double c)
    {
        (_dimension, _outputs) = (vectors.Columns, classes == 2 ? 1 : classes);
        _penalty = 1 / (c * rows.Length);
        _vectors = new float[rows.Length * _dimension];
        _labels = new int[rows.Length];
        _probabilities = new double[rows.Length * _outputs];
        var mean = new double[_dimension];
        for (var i = 0; i < rows.Length; i++)
        {
            var vector = vectors.Row(rows[i]);
            vector.CopyTo(Vector(i));
            _labels[i] = labels[rows[i]];
            for (var j = 0; j < mean.Length; j++)
            {
                mean[j] += vector[j];
            }
        }

        var count = rows.Length;
        _mean = Array.ConvertAll(mean, sum => (float)(sum / count));
        for (var i = 0; i < rows.Length; i++)
        {
            TensorPrimitives.Subtract(Vector(i), _mean, Vector(i));
        }
    }

    /// <summary>Gets the number of parameters.</summary>
    public int Parameters => _outputs * (_dimension + 1);

    /// <summary>Returns the parameters of weights and intercepts that are not centered at the mean.</summary>
    public double[] Pack(Tensor weights, ReadOnlySpan<float> intercepts)
    {
        var parameters = new double[Parameters];
        for (var k = 0; k < _outputs; k++)
        {
            var row = parameters.AsSpan(k * (_dimension + 1), _dimension + 1);
            TensorPrimitives.ConvertChecked(weights.Row(k), row);
            row[^1] = intercepts[k] + TensorPrimitives.Dot(weights.Row(k), _mean);
        }

        return parameters;
    }

    /// <summary>Returns the weights and intercepts of parameters.</summary>
    public (Tensor Weights, float[] Intercepts) Unpack(ReadOnlySpan<double> parameters)
    {
        var weights = Tensor.From(Narrow(parameters), _outputs, _dimension);
        var intercepts = new float[_outputs];
        for (var k = 0; k < _outputs; k++)
        {
            var shift = 0.0;
            for (var j = 0; j < _dimension; j++)
            {
                shift += (double)weights.Row(k)[j] * _mean[j];
            }

            intercepts[k] = (float)(parameters[(k * (_dimension + 1)) + _dimension] - shift);
        }

        return (weights, intercepts);
    }

    /// <summary>Returns the logits of parameters, or of a change of parameters, <c>[rows × outputs]</c>.</summary>
    public double[] Logits(ReadOnlySpan<double> parameters)
    {
        var logits = new double[_labels.Length * _outputs];
        Logits(Narrow(parameters), parameters, 0, _labels.Length, logits);
        return logits;
    }

    /// <summary>Returns the objective for the logits of the parameters.</summary>
    public double Value(ReadOnlySpan<double> logits, ReadOnlySpan<double> parameters)
    {
        var loss = 0.0;
        for (var i = 0; i < _labels.Length; i++)
        {
            var row = logits.Slice(i * _outputs, _outputs);
            loss += _outputs == 1 ? Softplus(_labels[i] == 1 ? -row[0] : row[0]) : LogSumExp(row) - row[_labels[i]];
        }

        return (loss / _labels.Length) + (_penalty / 2 * SquaredWeights(parameters));
    }

    /// <summary>
    /// Computes the gradient for the logits of the parameters; <see cref="HessianProduct"/> then applies to these parameters.
    /// </summary>
    public double[] Gradient(ReadOnlySpan<double> logits, ReadOnlySpan<double> parameters)
    {
        var errors = new double[logits.Length];
        for (var i = 0; i < _labels.Length; i++)
        {
            var row = logits.Slice(i * _outputs, _outputs);
            var probabilities = _probabilities.AsSpan(i * _outputs, _outputs);
            var error = errors.AsSpan(i * _outputs, _outputs);
            if (_outputs == 1)
            {
                probabilities[0] = 1 / (1 + Math.Exp(-row[0]));
                error[0] = probabilities[0] - _labels[i];
                continue;
            }

            var total = LogSumExp(row);
            for (var k = 0; k < _outputs; k++)
            {
                probabilities[k] = Math.Exp(row[k] - total);
                error[k] = probabilities[k] - (_labels[i] == k ? 1 : 0);
            }
        }

        var gradient = new double[Parameters];
        for (var first = 0; first < _labels.Length; first += BlockRows)
        {
            AddProducts(errors, first, Math.Min(BlockRows, _labels.Length - first), gradient);
        }

        return Penalized(gradient, parameters);
    }

    /// <summary>Computes the product of the Hessian at the last gradient with a direction.</summary>
    public double[] HessianProduct(ReadOnlySpan<double> direction)
    {
        var product = new double[Parameters];
        var changes = new double[_labels.Length * _outputs];
        var narrow = Narrow(direction);
        for (var first = 0; first < _labels.Length; first += BlockRows)
        {
            var count = Math.Min(BlockRows, _labels.Length - first);
            Logits(narrow, direction, first, count, changes);
            for (var i = first; i < first + count; i++)
            {
                var change = changes.AsSpan(i * _outputs, _outputs);
                var p = _probabilities.AsSpan(i * _outputs, _outputs);
                var shared = _outputs == 1 ? p[0] * change[0] : TensorPrimitives.Dot<double>(p, change);
                for (var k = 0; k < _outputs; k++)
                {
                    change[k] = p[k] * (change[k] - shared);
                }
            }

            AddProducts(changes, first, count, product);
        }

        return Penalized(product, direction);
    }

    private Span<float> Vector(int row) => _vectors.AsSpan(row * _dimension, _dimension);

    private void Logits(float[] weights, ReadOnlySpan<double> parameters, int first, int count, double[] logits)
    {
        for (var i = first; i < first + count; i++)
        {
            for (var k = 0; k < _outputs; k++)
            {
                logits[(i * _outputs) + k] = TensorPrimitives.Dot<float>(
                    Vector(i), weights.AsSpan(k * _dimension, _dimension)) + parameters[(k * (_dimension + 1)) + _dimension];
            }
        }
    }

    // Adds Σ factor × (vector, 1) over the rows of a block: float within the block, double beyond.
    private void AddProducts(double[] factors, int first, int count, double[] sums)
    {
        Span<float> block = new float[_dimension];
        for (var k = 0; k < _outputs; k++)
        {
            var sum = sums.AsSpan(k * (_dimension + 1), _dimension + 1);
            block.Clear();
            for (var i = first; i < first + count; i++)
            {
                var factor = factors[(i * _outputs) + k];
                sum[^1] += factor;
                TensorPrimitives.MultiplyAdd(Vector(i), (float)factor, block, block);
            }

            for (var j = 0; j < block.Length; j++)
            {
                sum[j] += block[j];
            }
        }
    }

    // Divides by the number of rows and adds the penalty of all parameters except the intercepts.
    private double[] Penalized(double[] sums, ReadOnlySpan<double> parameters)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = (sums[i] / _labels.Length) + (IsIntercept(i) ? 0 : _penalty * parameters[i]);
        }

        return sums;
    }

    private double SquaredWeights(ReadOnlySpan<double> parameters)
    {
        var sum = 0.0;
        for (var i = 0; i < parameters.Length; i++)
        {
            sum += IsIntercept(i) ? 0 : parameters[i] * parameters[i];
        }

        return sum;
    }

    private bool IsIntercept(int parameter) => parameter % (_dimension + 1) == _dimension;

    // Copies the weights without the intercepts, for the kernels.
    private float[] Narrow(ReadOnlySpan<double> parameters)
    {
        var weights = new float[_outputs * _dimension];
        for (var k = 0; k < _outputs; k++)
        {
            TensorPrimitives.ConvertTruncating(
                parameters.Slice(k * (_dimension + 1), _dimension), weights.AsSpan(k * _dimension, _dimension));
        }

        return weights;
    }

    private static double Softplus(double x) => Math.Max(x, 0) + double.LogP1(Math.Exp(-Math.Abs(x)));

    private static double LogSumExp(ReadOnlySpan<double> logits)
    {
        var (highest, sum) = (TensorPrimitives.Max(logits), 0.0);
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - highest);
        }

        return highest + Math.Log(sum);
    }
}
