namespace Semblance.Extensions.AI.Tests.VectorStores;

/// <summary>A parameterized case of every vector store, skipped where the store cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CaseTheoryAttribute : TheoryAttribute
{
    public CaseTheoryAttribute() => Skip = StorePlace.Problem;
}
