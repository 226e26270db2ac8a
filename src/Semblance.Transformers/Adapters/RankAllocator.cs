using System.Numerics.Tensors;
using Semblance.Checkpoints;
using Semblance.Tensors;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Distributes a budget of ranks among the layers of an AdaLoRA adapter during training (Zhang et al. 2023, arXiv:2303.10512): the budget
/// falls from <see cref="AdaLoraConfig.InitialRank"/> to <see cref="AdaLoraConfig.TargetRank"/> for each layer on average, and the ranks
/// of least importance lose their factor. The importance of a parameter is its mean sensitivity, |weight · gradient|, times its mean
/// uncertainty; the computation is that of PEFT.
/// </summary>
public sealed class RankAllocator
{
    private readonly AdaLoraConfig _config;
    private readonly (string Name, AdaLoraLinear Layer)[] _layers;
    private readonly Importance[] _importances; // of A, B and E of each layer
    private readonly int _total;

    /// <summary>Initializes a new instance of the <see cref="RankAllocator"/> class.</summary>
    /// <param name="adapter">The adapter, with <see cref="AdaLoraConfig.TotalSteps"/>.</param>
    /// <exception cref="ArgumentException">
    /// The adapter is not AdaLoRA, has no number of steps, or its schedule leaves no step to cut ranks.
    /// </exception>
    public RankAllocator(Adapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        _config = adapter.Config as AdaLoraConfig
            ?? throw new ArgumentException(
                $"Ranks are allocated for AdaLoRA, not for an adapter {adapter.Config.PeftType}.", nameof(adapter));
        _total = _config.TotalSteps
            ?? throw new ArgumentException(
                "The schedule of AdaLoRA's ranks needs the number of training steps, TotalSteps.", nameof(adapter));
        if (_config.InitialSteps >= _total - _config.FinalSteps)
        {
            throw new ArgumentException(
                $"{_total} training steps with {_config.InitialSteps} initial and {_config.FinalSteps} final steps leave none to cut "
                + "ranks; set fewer initial or final steps.", nameof(adapter));
        }

        if (_config.TargetRank > _config.InitialRank)
        {
            throw new ArgumentException(
                $"The target rank {_config.TargetRank} is above the initial rank {_config.InitialRank}; ranks can only be cut.",
                nameof(adapter));
        }

        _layers = [.. adapter.Layers.Where(layer => layer.Value is AdaLoraLinear).Select(layer => (layer.Key, (AdaLoraLinear)layer.Value))];
        _importances =
        [
            .. _layers.SelectMany(layer => new[] { layer.Layer.A, layer.Layer.B, layer.Layer.E })
                .Select(tensor => new Importance(tensor)),
        ];
    }

    private int InitialBudget => _layers.Sum(layer => layer.Layer.E.Length);

    /// <summary>
    /// Computes the mean over all matrices A and B of ‖A Aᵀ − I‖ or ‖Bᵀ B − I‖ (Frobenius), times
    /// <see cref="AdaLoraConfig.OrthogonalityWeight"/>, and adds its gradient to those of the matrices.
    /// </summary>
    /// <returns>The part of the loss.</returns>
    public float AddOrthogonality()
    {
        using var run = new Computation(recording: true);
        Tensor? sum = null;
        var count = 0;
        foreach (var (_, layer) in _layers.Where(layer => layer.Layer.E.Length > 0))
        {
            foreach (var matrix in (ReadOnlySpan<Tensor>)[layer.A, Transposed(run, layer.B)])
            {
                var distance = Distance(run, matrix);
                sum = sum is null ? distance : run.Add(sum, distance);
                count++;
            }
        }

        if (sum is null || !sum.RequiresGradient)
        {
            return 0;
        }

        var loss = run.Scale(sum, _config.OrthogonalityWeight / count);
        var value = loss.Values[0];
        run.Backward(loss);
        return value;
    }

    /// <summary>
    /// Updates the importance of all parameters from their gradients, and cuts ranks if a cut is due; to be called after the optimizer's
    /// step, before the gradients are cleared.
    /// </summary>
    /// <param name="step">The number of the step, from 0.</param>
    public void Update(long step)
    {
        var last = _total - _config.FinalSteps;
        if (step > last)
        {
            foreach (var (_, layer) in _layers.Where(layer => layer.Layer.Kept is not null))
            {
                layer.Keep(layer.Mask!);
            }

            return;
        }

        if (step < last)
        {
            foreach (var importance in _importances)
            {
                importance.Update(_config.Beta1, _config.Beta2);
            }
        }

        if (step == last || (step > _config.InitialSteps && step % _config.Interval == 0))
        {
            Cut(Budget(step));
        }
    }

    /// <summary>Returns the number of ranks that all layers together have after a step.</summary>
    /// <param name="step">The number of the step, from 0.</param>
    public int Budget(long step)
    {
        int initial = InitialBudget, target = _config.TargetRank * _layers.Length, last = _total - _config.FinalSteps;
        if (step <= _config.InitialSteps)
        {
            return initial;
        }

        if (step >= last)
        {
            return target;
        }

        var left = 1 - ((double)(step - _config.InitialSteps) / (last - _config.InitialSteps));
        return (int)(((initial - target) * (left * left * left)) + target);
    }

    /// <summary>Adds the importance of all parameters, and the ranks that are kept, to a checkpoint.</summary>
    /// <param name="writer">The file writer, which reads the state when it saves.</param>
    public void SaveState(SafetensorsWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach (var (name, tensor) in State())
        {
            writer.Add(name, tensor);
        }
    }

    /// <summary>Loads the state from a checkpoint.</summary>
    /// <param name="checkpoint">The file.</param>
    /// <exception cref="CheckpointFormatException">The file lacks a tensor, or a tensor has another shape.</exception>
    public void LoadState(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        (string Name, Tensor Tensor, Tensor Stored)[] state =
            [.. State().Select(entry => (entry.Name, entry.Tensor, checkpoint.Read(entry.Name)))];
        foreach (var (name, tensor, stored) in state)
        {
            if (!stored.Shape.SequenceEqual(tensor.Shape))
            {
                throw new CheckpointFormatException(checkpoint.Path, $"'{name}' is {stored}; expected {tensor}.");
            }
        }

        foreach (var (_, tensor, stored) in state)
        {
            stored.Values.CopyTo(tensor.Writable);
        }

        // Masks come last, three tensors of two states before them for each layer.
        foreach (var ((_, layer), (_, mask, _)) in _layers.Zip(state.TakeLast(_layers.Length)))
        {
            layer.Mask = mask.Values.Contains(1f) || mask.Values.Contains(0f) ? [.. mask.Values.ToArray().Select(kept => kept == 1)] : null;
        }
    }

    // The mask of a layer is of 1 and 0; of −1 before the first cut.
    private IEnumerable<(string Name, Tensor Tensor)> State()
    {
        string[] kinds = ["lora_A", "lora_B", "lora_E"];
        for (var i = 0; i < _importances.Length; i++)
        {
            var name = $"{_layers[i / kinds.Length].Name}.{kinds[i % kinds.Length]}";
            yield return ($"ranks.sensitivity.{name}", _importances[i].Sensitivity);
            yield return ($"ranks.uncertainty.{name}", _importances[i].Uncertainty);
        }

        foreach (var (name, layer) in _layers)
        {
            var mask = Tensor.Zeros(layer.E.Shape);
            for (var i = 0; i < mask.Length; i++)
            {
                mask.Writable[i] = layer.Mask is not { } kept ? -1 : kept[i] ? 1 : 0;
            }

            yield return ($"ranks.kept.{name}", mask);
        }
    }

    private void Cut(int budget)
    {
        var scores = new float[_layers.Length][];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = Scores(_importances[3 * i], _importances[(3 * i) + 1], _importances[(3 * i) + 2], _layers[i].Layer.E.Length);
        }

        float[] all = [.. scores.SelectMany(each => each)];
        var cut = all.Length - budget;
        if (cut <= 0)
        {
            return;
        }

        Array.Sort(all);
        var threshold = all[cut - 1];
        for (var i = 0; i < scores.Length; i++)
        {
            _layers[i].Layer.Keep(Array.ConvertAll(scores[i], score => score > threshold));
        }
    }

    // For each rank, the importance of its factor, and the means of its row of A and its column of B.
    private static float[] Scores(Importance a, Importance b, Importance e, int rank)
    {
        var scores = new float[rank];
        for (var i = 0; i < rank; i++)
        {
            double row = 0, column = 0;
            var inputs = a.Sensitivity.Columns;
            for (var j = 0; j < inputs; j++)
            {
                row += a.Score((i * inputs) + j);
            }

            var outputs = b.Sensitivity.Rows;
            for (var j = 0; j < outputs; j++)
            {
                column += b.Score((j * rank) + i);
            }

            scores[i] = e.Score(i) + (float)(row / inputs) + (float)(column / outputs);
        }

        return scores;
    }

    // ‖P Pᵀ − I‖.
    private static Tensor Distance(Computation run, Tensor matrix)
    {
        var rank = matrix.Rows;
        var identity = Tensor.Zeros(1, rank * rank);
        for (var i = 0; i < rank; i++)
        {
            identity.Writable[(i * rank) + i] = 1;
        }

        var products = run.MatrixProduct(matrix, matrix);
        var flat = run.Gather(products, [.. Enumerable.Range(0, rank * rank)], 1, rank * rank);
        return run.RowDistances(flat, identity, Semblance.Tensors.Distance.Euclidean);
    }

    private static Tensor Transposed(Computation run, Tensor matrix)
    {
        var elements = new int[matrix.Length];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = ((i % matrix.Rows) * matrix.Columns) + (i / matrix.Rows);
        }

        return run.Gather(matrix, elements, matrix.Columns, matrix.Rows);
    }

    /// <summary>Represents the importance of each element of a parameter.</summary>
    private sealed class Importance(Tensor parameter)
    {
        public Tensor Sensitivity { get; } = Tensor.Zeros(parameter.Shape);

        public Tensor Uncertainty { get; } = Tensor.Zeros(parameter.Shape);

        public float Score(int element) => Sensitivity.Values[element] * Uncertainty.Values[element];

        public void Update(float beta1, float beta2)
        {
            if (parameter.Gradient is not { } gradient)
            {
                return;
            }

            var now = new float[parameter.Length];
            TensorPrimitives.Multiply(parameter.Values, gradient.Values, now);
            TensorPrimitives.Abs(now, now);
            Span<float> sensitivity = Sensitivity.Writable, uncertainty = Uncertainty.Writable;
            for (var i = 0; i < now.Length; i++)
            {
                sensitivity[i] = (beta1 * sensitivity[i]) + ((1 - beta1) * now[i]);
                uncertainty[i] = (beta2 * uncertainty[i]) + ((1 - beta2) * MathF.Abs(now[i] - sensitivity[i]));
            }
        }
    }
}
