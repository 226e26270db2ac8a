using Semblance.Tensors;

namespace Semblance;

/// <summary>Compares rows of a corpus with all queries and ranks them; called by several threads at once.</summary>
internal interface ICorpusScan
{
    /// <summary>Compares consecutive rows.</summary>
    /// <param name="part">The computation that provides temporary memory.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">The number of rows.</param>
    void Scan(Computation part, int first, int count);
}
