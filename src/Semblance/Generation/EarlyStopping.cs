namespace Semblance.Generation;

/// <summary>When a beam search ends that has found as many whole sequences as it has beams.</summary>
public enum EarlyStopping
{
    /// <summary>When the best beam, ended where it is now, would not be among them: the original's <c>false</c>.</summary>
    Heuristic,

    /// <summary>At once: <c>true</c>.</summary>
    Always,

    /// <summary>When no beam can come among them any more: <c>"never"</c>.</summary>
    Never,
}
