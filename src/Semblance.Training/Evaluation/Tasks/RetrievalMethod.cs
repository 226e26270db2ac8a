namespace Semblance.Training;

/// <summary>Specifies a retrieval method that <see cref="EvaluationTask.Compare"/> compares.</summary>
public enum RetrievalMethod
{
    /// <summary>Dense retrieval with the embeddings of the model (<see cref="DenseRetriever"/>).</summary>
    Model,

    /// <summary>Lexical retrieval (<see cref="Bm25Index"/>).</summary>
    Bm25,

    /// <summary>Fusion of both (<see cref="HybridSearch"/>).</summary>
    Hybrid,

    /// <summary>Reranking of the first 100 hits of <see cref="Hybrid"/> (<see cref="RetrieveAndRerank"/>).</summary>
    Rerank,

    /// <summary>Exact search by a sparse encoder (<see cref="SparseEncoder"/>).</summary>
    Sparse,

    /// <summary>Exact search by late interaction, the vectors of tokens (<see cref="MultiVectorEncoder"/>).</summary>
    Tokens,
}
