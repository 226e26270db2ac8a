using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents a training objective: the value that training minimizes on the rows of a data set.</summary>
/// <remarks>
/// Most objectives derive from <see cref="OutputLoss"/>: <see cref="Loss"/> for sentence embeddings, <see cref="MultiVectorLoss"/> for
/// token embeddings, <see cref="CrossEncoders.CrossEncoderLoss"/> for the scores of pairs.
/// </remarks>
public abstract class Objective
{
    /// <summary>Gets the kind of model output that the loss needs.</summary>
    public abstract ModelOutputKind OutputKind { get; }

    /// <summary>
    /// Gets the publications that define the loss, as BibTeX entries, without those of <see cref="Inner"/>; empty if Sentence-BERT's own is
    /// the only one.
    /// </summary>
    public virtual IReadOnlyList<string> Citations => [];

    /// <summary>Gets the loss that this one wraps; <see langword="null"/> if it wraps none.</summary>
    public virtual Objective? Inner => null;

    /// <summary>Gets the name of the loss: the name of its class.</summary>
    public string Name => GetType().Name;

    /// <summary>Computes the loss of one batch and adds its gradients to those of the parameters.</summary>
    /// <param name="batch">The rows and the model.</param>
    /// <returns>The loss, not multiplied by <see cref="TrainingBatch.Scale"/>.</returns>
    /// <exception cref="LossInputException">
    /// The model does not have the outputs, or the batch does not have the columns, rows or labels, that the loss needs.
    /// </exception>
    public abstract double Backward(TrainingBatch batch);

    /// <summary>Returns the parameters of the loss itself, under the names that sentence-transformers uses; empty by default.</summary>
    public virtual IEnumerable<Parameter> Parameters() => Inner?.Parameters() ?? [];

    /// <summary>Writes the trained parameters of the loss beside the model; does nothing by default.</summary>
    /// <param name="model">The model, which has just been written.</param>
    /// <param name="folder">The folder of the model.</param>
    /// <param name="weights">The data type of the written parameters.</param>
    public virtual void Save(ITrainableModel model, string folder, DType weights = DType.F32) => Inner?.Save(model, folder, weights);

    /// <summary>
    /// Returns the name of the loss, with that of a wrapped loss in parentheses, such as <c>MatryoshkaLoss(CoSENTLoss)</c>.
    /// </summary>
    public override string ToString() => Inner is null ? Name : $"{Name}({Inner})";

    /// <summary>Checks that the model of a batch has the outputs that the loss needs.</summary>
    /// <param name="batch">The batch.</param>
    /// <exception cref="LossInputException">The model does not have the outputs.</exception>
    protected void RequireOutputs(TrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Model.OutputKind is var kind && kind != OutputKind)
        {
            throw new LossInputException(
                $"{Name} needs {Describe(OutputKind)}, and the model, a {batch.Model.GetType().Name}, makes {Describe(kind)}; the losses "
                + $"for it are {string.Join(", ", LossRegistry.Names(kind))}.");
        }
    }

    /// <summary>Returns the loss and the losses that it wraps, outermost first.</summary>
    internal IEnumerable<Objective> WithInner() => Inner is null ? [this] : Inner.WithInner().Prepend(this);

    /// <summary>Runs the backward pass from the loss of a batch.</summary>
    private protected static double Backward(Computation run, Tensor loss, TrainingBatch batch)
    {
        run.Backward(loss, Tensor.From([batch.Scale], 1));
        return loss.Values[0];
    }

    private static string Describe(ModelOutputKind kind) => kind switch
    {
        ModelOutputKind.SentenceEmbeddings => "sentence vectors",
        ModelOutputKind.TokenEmbeddings => "token vectors",
        ModelOutputKind.TextLogits => "the labels of texts",
        ModelOutputKind.TokenLogits => "the labels of tokens",
        ModelOutputKind.SpanLogits => "the answers to questions",
        ModelOutputKind.SequenceLogits => "the tokens of target texts",
        _ => "the scores of pairs",
    };
}
