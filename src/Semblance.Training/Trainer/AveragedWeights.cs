using Semblance.Checkpoints;
using Semblance.Tensors;
using Tensor = Semblance.Tensors.Tensor;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training;

/// <summary>Represents the averages of the trained parameters over the steps of a training.</summary>
internal sealed class AveragedWeights
{
    private const string Prefix = "average.";
    private const string Count = Prefix + "steps"; // no parameter has this name

    private readonly WeightAveraging _settings;
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly Tensor[] _averages;
    private long _count; // of the steps that were averaged

    public AveragedWeights(WeightAveraging settings, IReadOnlyList<Parameter> parameters)
    {
        (_settings, _parameters) = (settings, parameters);
        _averages = [.. parameters.Select(parameter => Tensor.Zeros(parameter.Value.Shape))];
    }

    /// <summary>Adds the parameters to the averages if they are due.</summary>
    /// <param name="steps">The number of steps that have been taken.</param>
    public void Update(long steps)
    {
        if (steps <= _settings.After || (steps - _settings.After) % _settings.Every != 0)
        {
            return;
        }

        _count++;
        var share = _count == 1 ? 1 : (float)(1 - (_settings.Decay ?? ((_count - 1.0) / _count)));
        Workers.Shared.For(_averages.Length, int.MaxValue, i =>
        {
            var average = _averages[i].Writable;
            var value = _parameters[i].Value.Values;
            if (share == 1)
            {
                value.CopyTo(average);
            }
            else
            {
                TensorPrimitives.Lerp(average, value, share, average);
            }
        });
    }

    /// <summary>Exchanges parameters and averages; nothing happens before the first step that is averaged.</summary>
    public void Swap()
    {
        for (var i = 0; _count > 0 && i < _averages.Length; i++)
        {
            var raw = _parameters[i].Value.Values.ToArray();
            _averages[i].Values.CopyTo(_parameters[i].Value.Writable);
            raw.CopyTo(_averages[i].Writable);
        }
    }

    /// <summary>Adds the averages to a checkpoint.</summary>
    public void SaveState(SafetensorsWriter writer)
    {
        writer.Add(Count, new long[] { _count }, 1);
        for (var i = 0; i < _averages.Length; i++)
        {
            writer.Add(Prefix + "parameter." + _parameters[i].Name, _averages[i]);
        }
    }

    /// <summary>Loads the averages from a checkpoint; they begin anew if it has none.</summary>
    /// <exception cref="CheckpointFormatException">A tensor is missing or has another shape.</exception>
    public void LoadState(Checkpoint checkpoint)
    {
        if (!checkpoint.Contains(Count))
        {
            return;
        }

        Tensor[] stored = [.. _parameters.Select(parameter => checkpoint.Read(Prefix + "parameter." + parameter.Name))];
        foreach (var (value, parameter) in stored.Zip(_parameters))
        {
            if (!value.Shape.SequenceEqual(parameter.Value.Shape))
            {
                throw new CheckpointFormatException(
                    checkpoint.Path, $"the average of '{parameter.Name}' is {value}; expected {parameter.Value}.");
            }
        }

        _count = checkpoint.ReadInt64(Count) is [>= 0 and var count]
            ? count : throw new CheckpointFormatException(checkpoint.Path, $"'{Count}' is not one number of steps.");
        for (var i = 0; i < stored.Length; i++)
        {
            stored[i].Values.CopyTo(_averages[i].Writable);
        }
    }
}
