using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// What training minimises on the rows of a data set. Most are an <see cref="OutputLoss"/>: a <see cref="Loss"/> of sentence vectors, a
/// <see cref="MultiVectorLoss"/> of token vectors or a <see cref="CrossEncoders.CrossEncoderLoss"/> of the scores of pairs.
/// </summary>
public abstract class Objective
{
    /// <summary>Gets the outputs of a model that the loss needs.</summary>
    public abstract ModelOutputKind OutputKind { get; }

    /// <summary>Gets the publications that define the loss, as BibTeX entries, without those of <see cref="Inner"/>; empty where there are none beyond Sentence-BERT's own.</summary>
    public virtual IReadOnlyList<string> Citations => [];

    /// <summary>Gets the loss that this one wraps; null for most.</summary>
    public virtual Objective? Inner => null;

    /// <summary>Gets the name of the loss: that of its class.</summary>
    public string Name => GetType().Name;

    /// <summary>Computes the loss of one batch and adds its gradients to those of all parameters.</summary>
    /// <param name="batch">The rows and the model.</param>
    /// <returns>The loss, not scaled.</returns>
    /// <exception cref="LossInputException">The model does not have the outputs, or the batch the columns, rows or labels, that the loss needs.</exception>
    public abstract double Backward(TrainingBatch batch);

    /// <summary>Returns the parameters of the loss itself, under the names of the original; none for most.</summary>
    public virtual IEnumerable<Parameter> Parameters() => Inner?.Parameters() ?? [];

    /// <summary>Writes the trained parameters of the loss beside the model; nothing for most.</summary>
    /// <param name="model">The model, as it was just written.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="weights">The type that its parameters are written in.</param>
    public virtual void Save(ITrainableModel model, string folder, DType weights = DType.F32) => Inner?.Save(model, folder, weights);

    /// <summary>Returns the name of the loss, with that of a wrapped one in brackets: <c>MatryoshkaLoss(CoSENTLoss)</c>.</summary>
    public override string ToString() => Inner is null ? Name : $"{Name}({Inner})";

    /// <summary>Checks that the model of a batch has the outputs that the loss needs.</summary>
    /// <param name="batch">The batch.</param>
    /// <exception cref="LossInputException">It has not.</exception>
    protected void RequireOutputs(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Model.OutputKind is var kind && kind != OutputKind)
        {
            throw new LossInputException(
                $"{Name} needs {Describe(OutputKind)}, and the model, a {batch.Model.GetType().Name}, makes {Describe(kind)}; the losses for it are {string.Join(", ", LossRegistry.Names(kind))}.");
        }
    }

    /// <summary>The loss and, from the outside in, those that it wraps.</summary>
    internal IEnumerable<Objective> WithInner() => Inner is null ? [this] : Inner.WithInner().Prepend(this);

    /// <summary>Goes back from the value of a batch.</summary>
    private protected static double Backward(Computation run, Tensor loss, TrainingBatch batch)
    {
        run.Backward(loss, Tensor.From([batch.Scale], 1));
        return loss.Values[0];
    }

    private static string Describe(ModelOutputKind kind) => kind switch
    {
        ModelOutputKind.SentenceEmbeddings => "sentence vectors",
        ModelOutputKind.TokenEmbeddings => "token vectors",
        _ => "the scores of pairs",
    };
}
