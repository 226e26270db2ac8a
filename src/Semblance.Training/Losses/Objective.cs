using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>What training makes small on the rows of a data set: a <see cref="Loss"/> of sentence vectors, a <see cref="CrossEncoders.CrossEncoderLoss"/> of the scores of pairs, or one that looks deeper into the model.</summary>
public abstract class Objective
{
    /// <summary>Gets the publications that define the loss, as BibTeX entries, without those of <see cref="Inner"/>; empty where there are none beyond Sentence-BERT's own.</summary>
    public virtual IReadOnlyList<string> Citations => [];

    /// <summary>Gets the loss that this one wraps; null for most.</summary>
    public virtual Objective? Inner => null;

    /// <summary>Computes the loss of one batch and adds its gradients to those of all parameters.</summary>
    /// <param name="batch">The rows and the model.</param>
    /// <returns>The loss, not scaled.</returns>
    /// <exception cref="LossInputException">The batch does not have the columns, rows or labels that the loss needs.</exception>
    public abstract double Backward(TrainingBatch batch);

    /// <summary>What the loss itself has to train, under the names of the original; nothing for most.</summary>
    public virtual IEnumerable<Parameter> Parameters() => [];

    /// <summary>Writes what the loss has learned beside the model; nothing for most.</summary>
    /// <param name="model">The model, as it was just written.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="weights">The type that its parameters are written in.</param>
    public virtual void Save(ITrainableModel model, string folder, DType weights = DType.F32)
    {
    }

    /// <summary>Returns the name of the loss, with that of a wrapped one in brackets: <c>MatryoshkaLoss(CoSENTLoss)</c>.</summary>
    public override string ToString() => Inner is null ? Name : $"{Name}({Inner})";

    internal string Name => GetType().Name;

    /// <summary>The loss and, from the outside in, those that it wraps.</summary>
    internal IEnumerable<Objective> WithInner() => Inner is null ? [this] : Inner.WithInner().Prepend(this);
}
