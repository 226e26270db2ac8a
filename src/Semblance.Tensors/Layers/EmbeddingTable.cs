namespace Semblance.Tensors;

/// <summary>Represents a table of embeddings, such as those of the tokens of a vocabulary or of positions.</summary>
public sealed class EmbeddingTable : Layer
{
    /// <summary>Initializes a new instance of the <see cref="EmbeddingTable"/> class from its rows.</summary>
    /// <param name="weight"><c>[rows × columns]</c>.</param>
    public EmbeddingTable(Tensor weight)
        : base(weight ?? throw new ArgumentNullException(nameof(weight)), null)
    {
    }

    /// <summary>Gets the number of embeddings.</summary>
    public int Rows => Weight.Rows;

    /// <summary>Gets the width of an embedding.</summary>
    public int Columns => Weight.Columns;
}
