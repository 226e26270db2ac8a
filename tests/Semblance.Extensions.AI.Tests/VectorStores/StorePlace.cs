namespace Semblance.Extensions.AI.Tests.VectorStores;

/// <summary>Where the cases run.</summary>
internal static class StorePlace
{
    /// <summary>Why they cannot run; null where they can.</summary>
    public static string? Problem => null;
}
