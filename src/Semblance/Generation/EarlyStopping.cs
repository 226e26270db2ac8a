namespace Semblance.Generation;

/// <summary>Specifies when a beam search ends, once it has as many finished sequences as beams.</summary>
public enum EarlyStopping
{
    /// <summary>
    /// The search ends when the best beam, if it ended now, would not be among the finished sequences: the value <c>false</c> of the
    /// original.
    /// </summary>
    Heuristic,

    /// <summary>The search ends at once: the value <c>true</c>.</summary>
    Always,

    /// <summary>The search ends when no beam can still get among the finished sequences: the value <c>"never"</c>.</summary>
    Never,
}
