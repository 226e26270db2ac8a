namespace Semblance.Tensors;

/// <summary>
/// Receives the operations of a computation in order, with the tensors that they read and write, so that the computation of a model can be
/// written in another form. Tensors are told apart by reference. A traced computation computes nothing: the elements of its tensors are
/// undefined.
/// </summary>
/// <remarks>An operation that is not in this interface is not traced: its result is a tensor that no method was called with.</remarks>
public interface IOperationTrace
{
    /// <summary>Receives the sum of word, position and type embeddings of a batch.</summary>
    /// <param name="y">The result.</param>
    /// <param name="batch">The tokens.</param>
    /// <param name="words">The table of words.</param>
    /// <param name="positions">The table of positions; <see langword="null"/> for none.</param>
    /// <param name="types">The table of types; <see langword="null"/> for none.</param>
    /// <param name="positionIds">The positions; <see langword="null"/> for those in the sequence, from 0.</param>
    void Embed(Tensor y, PackedBatch batch, Tensor words, Tensor? positions, Tensor? types, int[]? positionIds);

    /// <summary>Receives a lookup of rows in a table.</summary>
    void Lookup(Tensor y, Tensor table, int[] rows);

    /// <summary>Receives a linear layer with an activation.</summary>
    void Linear(Tensor y, Tensor x, Linear layer, Activation activation);

    /// <summary>Receives the sum of a tensor and a linear layer.</summary>
    void AddLinear(Tensor y, Tensor sum, Tensor x, Linear layer);

    /// <summary>Receives a layer norm of the sum of a tensor and a residual, which may be <see langword="null"/>.</summary>
    void LayerNorm(Tensor y, Tensor x, Tensor? residual, LayerNorm layer);

    /// <summary>Receives a root-mean-square norm of groups of as many columns as the layer has.</summary>
    void RmsNorm(Tensor y, Tensor x, RmsNorm layer);

    /// <summary>Receives a normalization of rows to unit length.</summary>
    void Normalize(Tensor y, Tensor x);

    /// <summary>Receives an activation.</summary>
    void Activate(Tensor y, Tensor x, Activation activation);

    /// <summary>Receives a sum of elements.</summary>
    void Add(Tensor y, Tensor a, Tensor b);

    /// <summary>Receives a difference of elements.</summary>
    void Subtract(Tensor y, Tensor a, Tensor b);

    /// <summary>Receives a product of elements.</summary>
    void Multiply(Tensor y, Tensor a, Tensor b);

    /// <summary>Receives <c>x · factor + offset</c>.</summary>
    void Scale(Tensor y, Tensor x, float factor, float offset);

    /// <summary>Receives the sum of each row of a tensor and one row.</summary>
    void AddRow(Tensor y, Tensor x, Tensor row);

    /// <summary>Receives the product of each row of a tensor and one row of factors.</summary>
    void ScaleColumns(Tensor y, Tensor x, Tensor factors);

    /// <summary>Receives the choice of <paramref name="count"/> columns from <paramref name="first"/> on in each group of <paramref name="period"/>.</summary>
    void Columns(Tensor y, Tensor x, int first, int count, int period);

    /// <summary>Receives a concatenation of columns.</summary>
    void ConcatenateColumns(Tensor y, IReadOnlyList<Tensor> parts);

    /// <summary>Receives a choice of rows.</summary>
    void Rows(Tensor y, Tensor x, int[] rows);

    /// <summary>Receives a choice of elements in the order of a shape.</summary>
    void Gather(Tensor y, Tensor x, int[] elements);

    /// <summary>Receives a rotation of heads by their positions.</summary>
    void Rotate(Tensor y, Tensor x, int headSize, RotaryPositions positions);

    /// <summary>Receives an attention.</summary>
    void Attention(Tensor y, Tensor query, Tensor key, Tensor value, AttentionMask mask, int heads, AttentionBias? bias, float scale);

    /// <summary>Receives the products of each head of the rows of a tensor with that of the rows of a table.</summary>
    void HeadProducts(Tensor y, Tensor x, Tensor table, int heads);

    /// <summary>Receives windows of neighboring rows.</summary>
    void Neighbors(Tensor y, Tensor x, int width);

    /// <summary>Receives a pooling without the first <paramref name="skip"/> tokens.</summary>
    void Pool(Tensor y, Tensor x, ReadOnlySpan<Pooling> modes, int skip);
}
