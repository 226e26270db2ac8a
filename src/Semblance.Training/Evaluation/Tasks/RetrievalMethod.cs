namespace Semblance.Training;

/// <summary>A way to search that <see cref="EvaluationTask.Compare"/> compares.</summary>
public enum RetrievalMethod
{
    /// <summary>By the model's vectors (<see cref="DenseRetriever"/>).</summary>
    Model,

    /// <summary>By words (<see cref="Bm25Index"/>).</summary>
    Bm25,

    /// <summary>By both, fused (<see cref="HybridSearch"/>).</summary>
    Hybrid,

    /// <summary>The first 100 of <see cref="Hybrid"/> in a cross-encoder's order (<see cref="RetrieveAndRerank"/>).</summary>
    Rerank,
}
