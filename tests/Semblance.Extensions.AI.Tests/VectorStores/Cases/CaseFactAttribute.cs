namespace Semblance.Extensions.AI.Tests.VectorStores;

/// <summary>A case of every vector store, skipped where the store cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CaseFactAttribute : FactAttribute
{
    public CaseFactAttribute() => Skip = StorePlace.Problem;
}
