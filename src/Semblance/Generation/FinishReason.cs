namespace Semblance.Generation;

/// <summary>Why a sequence ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended it.</summary>
    EndOfSequence,

    /// <summary>It reached one of <see cref="GenerationConfig.StopStrings"/>.</summary>
    StopString,

    /// <summary>It became as long as was asked for, or as the model takes.</summary>
    Length,
}
