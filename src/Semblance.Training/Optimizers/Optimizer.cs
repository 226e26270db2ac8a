using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents an optimizer, which updates parameters by their gradients.</summary>
/// <remarks>
/// The state is saved and loaded completely: training that resumes from it is bit-identical to training that never stopped, with any number
/// of threads.
/// </remarks>
public abstract class Optimizer
{
    private const string StepsName = "steps";

    private readonly Slot[] _slots;

    /// <summary>Initializes a new instance of the <see cref="Optimizer"/> class.</summary>
    /// <param name="groups">The parameter groups.</param>
    /// <exception cref="ArgumentException">Two parameters have the same name.</exception>
    private protected Optimizer(IReadOnlyList<ParameterGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Groups = groups;
        _slots = [.. groups.SelectMany(group => group.Parameters.Select(parameter => new Slot(group, parameter)))];
        Parameters = Array.ConvertAll(_slots, slot => slot.Parameter);
        if (Parameters.GroupBy(parameter => parameter.Name).FirstOrDefault(names => names.Count() > 1) is { } names)
        {
            throw new ArgumentException($"Two parameters have the name '{names.Key}'; each may be in one group only.", nameof(groups));
        }
    }

    /// <summary>Gets the parameter groups.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Gets all parameters, group after group, in the order of the gradients.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Updates each parameter by its gradient.</summary>
    /// <param name="gradients">
    /// The gradients, with the parameters' shapes, in the order of <see cref="Parameters"/>; <see langword="null"/> for a parameter that is
    /// not updated.
    /// </param>
    /// <param name="learningRate">The learning rate of this step, before the groups' factors.</param>
    /// <exception cref="ArgumentException">The gradients do not fit the parameters, or the rate is negative or not finite.</exception>
    public void Step(IReadOnlyList<Tensor?> gradients, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        OptimizerSettings.AtLeastZero(learningRate, nameof(learningRate));
        if (gradients.Count != _slots.Length)
        {
            throw new ArgumentException($"There are {gradients.Count} gradients for {_slots.Length} parameters.", nameof(gradients));
        }

        foreach (var (slot, gradient) in _slots.Zip(gradients))
        {
            if (gradient is not null && !gradient.Shape.SequenceEqual(slot.Parameter.Value.Shape))
            {
                throw new ArgumentException(
                    $"The gradient of '{slot.Parameter.Name}' is {gradient}, but the parameter {slot.Parameter.Value}.", nameof(gradients));
            }
        }

        for (var i = 0; i < _slots.Length; i++)
        {
            if (gradients[i] is { } gradient)
            {
                var slot = _slots[i];
                slot.State ??= NewState(slot.Parameter.Value);
                slot.Steps++;
                Update(new ParameterUpdate(
                    slot.Parameter.Value, gradient, slot.State, slot.Steps, learningRate, slot.Group.LearningRateFactor,
                    slot.Group.WeightDecay));
            }
        }
    }

    /// <summary>Adds the state of the optimizer to a file.</summary>
    /// <param name="writer">The file writer, which reads the state when it saves.</param>
    /// <param name="prefix">The prefix of the tensors' names, before the kind of state and the parameter's name.</param>
    public void SaveState(SafetensorsWriter writer, string prefix = "optimizer.")
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Add(prefix + StepsName, Array.ConvertAll(_slots, slot => slot.Steps), _slots.Length);
        foreach (var slot in _slots)
        {
            foreach (var (kind, tensor) in slot.State ??= NewState(slot.Parameter.Value))
            {
                writer.Add($"{prefix}{kind}.{slot.Parameter.Name}", tensor);
            }
        }
    }

    /// <summary>Loads the state of the optimizer from a file. If the file does not fit, the state is unchanged.</summary>
    /// <param name="checkpoint">The file.</param>
    /// <param name="prefix">The prefix of the tensors' names.</param>
    /// <exception cref="CheckpointFormatException">
    /// The file lacks a tensor, or a tensor has another shape: the file belongs to other parameters or another optimizer.
    /// </exception>
    public void LoadState(Checkpoint checkpoint, string prefix = "optimizer.")
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var steps = checkpoint.ReadInt64(prefix + StepsName);
        if (steps.Length != _slots.Length || steps.Any(step => step < 0))
        {
            throw new CheckpointFormatException(
                checkpoint.Path, $"'{prefix}{StepsName}' counts the steps of {steps.Length} parameters; {_slots.Length} are trained.");
        }

        var states = Array.ConvertAll(_slots, slot => NewState(slot.Parameter.Value));
        foreach (var (slot, state) in _slots.Zip(states))
        {
            foreach (var (kind, tensor) in state)
            {
                var name = $"{prefix}{kind}.{slot.Parameter.Name}";
                var stored = checkpoint.Read(name);
                if (!stored.Shape.SequenceEqual(tensor.Shape))
                {
                    throw new CheckpointFormatException(checkpoint.Path, $"'{name}' is {stored}; expected {tensor}.");
                }

                stored.Values.CopyTo(tensor.Writable);
            }
        }

        for (var i = 0; i < _slots.Length; i++)
        {
            (_slots[i].State, _slots[i].Steps) = (states[i], steps[i]);
        }
    }

    /// <summary>Returns the initial state of a parameter, by kind.</summary>
    private protected abstract OrderedDictionary<string, Tensor> NewState(Tensor parameter);

    private protected abstract void Update(in ParameterUpdate update);

    private sealed class Slot(ParameterGroup group, Parameter parameter)
    {
        public ParameterGroup Group => group;

        public Parameter Parameter => parameter;

        public OrderedDictionary<string, Tensor>? State { get; set; }

        public long Steps { get; set; }
    }
}
