using System.Numerics.Tensors;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Training;

/// <summary>
/// Represents the Adafactor optimizer (Shazeer and Stern 2018, arXiv:1804.04235), which factors Adam's second moment into row and column
/// means, so that memory grows with the sum of a matrix's dimensions; as in the transformers library.
/// </summary>
/// <param name="groups">The parameter groups. Weight decay is decoupled.</param>
public sealed class Adafactor(IReadOnlyList<ParameterGroup> groups) : Optimizer(groups)
{
    private const double SmallestSquare = 1e-30;
    private const double SmallestScale = 1e-3;

    private readonly double? _beta1;
    private readonly double _decayRate = -0.8;
    private readonly double _clipThreshold = 1;
    private float[] _change = []; // as long as the longest parameter

    /// <summary>
    /// Gets a value that indicates whether the learning rate is computed as the smaller of 10⁻² and 1/√step, so that of the rate passed
    /// to each step only the groups' factors apply; <see langword="true"/> by default.
    /// </summary>
    public bool RelativeStep { get; init; } = true;

    /// <summary>
    /// Gets a value that indicates whether the learning rate is multiplied by the root mean square of the parameter, at least 10⁻³;
    /// <see langword="true"/> by default.
    /// </summary>
    public bool ScaleParameter { get; init; } = true;

    /// <summary>
    /// Gets a value that indicates whether, with <see cref="RelativeStep"/>, the learning rate starts at 10⁻⁶ × step instead of 10⁻²;
    /// <see langword="false"/> by default.
    /// </summary>
    public bool WarmupInit { get; init; }

    /// <summary>Gets the decay rate of the running mean of updates; <see langword="null"/>, the default, for no running mean.</summary>
    public double? Beta1
    {
        get => _beta1;
        init => _beta1 = value is { } beta ? OptimizerSettings.BelowOne(beta, nameof(Beta1)) : null;
    }

    /// <summary>Gets the exponent of the decay rate 1 − step^exponent of the running mean of squared gradients; −0.8 by default.</summary>
    public double DecayRate
    {
        get => _decayRate;
        init => _decayRate =
            value <= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The decay rate must not be above 0.");
    }

    /// <summary>Gets the maximum root mean square of an update; 1 by default.</summary>
    public double ClipThreshold
    {
        get => _clipThreshold;
        init => _clipThreshold =
            value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The threshold must be above 0.");
    }

    private protected override OrderedDictionary<string, Tensor> NewState(Tensor parameter)
    {
        var state = new OrderedDictionary<string, Tensor>();
        var shape = parameter.Shape;
        if (shape.Length >= 2)
        {
            state.Add("exp_avg_sq_row", Tensor.Zeros(shape[..^1]));
            state.Add("exp_avg_sq_col", Tensor.Zeros([.. shape[..^2], shape[^1]]));
        }
        else
        {
            state.Add("exp_avg_sq", Tensor.Zeros(shape));
        }

        if (Beta1 is not null)
        {
            state.Add("exp_avg", Tensor.Zeros(shape));
        }

        return state;
    }

    private protected override void Update(in ParameterUpdate update)
    {
        var (parameter, gradient, state) = (update.Parameter, update.Gradient, update.State);
        if (parameter.Length == 0)
        {
            return;
        }

        var relative = RelativeStep ? Math.Min(WarmupInit ? 1e-6 * update.Step : 1e-2, 1 / Math.Sqrt(update.Step)) : update.Rate;
        var scale = ScaleParameter ? Math.Max(SmallestScale, RootMeanSquare(parameter.Values)) : 1;
        var rate = relative * scale * update.Factor;
        var kept = 1 - Math.Pow(update.Step, DecayRate);
        if (_change.Length < parameter.Length)
        {
            _change = new float[parameter.Length];
        }

        var change = _change.AsSpan(0, parameter.Length);
        TensorPrimitives.Multiply(gradient.Values, gradient.Values, change);
        TensorPrimitives.Add(change, (float)SmallestSquare, change);
        if (state.TryGetValue("exp_avg_sq", out var squares))
        {
            RunningMean(squares.Writable, kept, change);
            TensorPrimitives.ReciprocalSqrt(squares.Values, change);
        }
        else
        {
            Factor(change, parameter.Shape, state["exp_avg_sq_row"], state["exp_avg_sq_col"], kept);
        }

        TensorPrimitives.Multiply(change, gradient.Values, change);
        var clip = Math.Max(1, RootMeanSquare(change) / ClipThreshold);
        TensorPrimitives.Multiply(change, (float)(rate / clip), change);
        if (Beta1 is { } beta1)
        {
            RunningMean(state["exp_avg"].Writable, beta1, change);
            change = state["exp_avg"].Writable;
        }

        if (update.WeightDecay != 0)
        {
            TensorPrimitives.Multiply(parameter.Values, (float)(1 - (update.WeightDecay * rate)), parameter.Writable);
        }

        TensorPrimitives.Subtract(parameter.Values, change, parameter.Writable);
    }

    // Input: the squared gradients. Output: the inverse root of their running mean, reconstructed from the row and column means.
    private static void Factor(Span<float> squares, ReadOnlySpan<int> shape, Tensor rowMeans, Tensor columnMeans, double kept)
    {
        var (rows, columns) = (shape[^2], shape[^1]);
        Span<float> rowMean = new float[rows];
        Span<float> columnMean = new float[columns];
        for (var matrix = 0; matrix < squares.Length / (rows * columns); matrix++)
        {
            var values = squares.Slice(matrix * rows * columns, rows * columns);
            columnMean.Clear();
            for (var i = 0; i < rows; i++)
            {
                var row = values.Slice(i * columns, columns);
                rowMean[i] = TensorPrimitives.Sum<float>(row) / columns;
                TensorPrimitives.Add(columnMean, row, columnMean);
            }

            TensorPrimitives.Divide(columnMean, rows, columnMean);
            var rowState = rowMeans.Writable.Slice(matrix * rows, rows);
            var columnState = columnMeans.Writable.Slice(matrix * columns, columns);
            RunningMean(rowState, kept, rowMean);
            RunningMean(columnState, kept, columnMean);
            TensorPrimitives.Divide(rowState, TensorPrimitives.Sum<float>(rowState) / rows, rowMean);
            TensorPrimitives.ReciprocalSqrt(rowMean, rowMean);
            TensorPrimitives.ReciprocalSqrt(columnState, columnMean);
            for (var i = 0; i < rows; i++)
            {
                TensorPrimitives.Multiply(columnMean, rowMean[i], values.Slice(i * columns, columns));
            }
        }
    }

    private static void RunningMean(Span<float> mean, double kept, ReadOnlySpan<float> value)
    {
        TensorPrimitives.Multiply(mean, (float)kept, mean);
        TensorPrimitives.MultiplyAdd(value, (float)(1 - kept), mean, mean);
    }

    private static double RootMeanSquare(ReadOnlySpan<float> values) => Math.Sqrt(GradientClipping.SumOfSquares(values) / values.Length);
}
