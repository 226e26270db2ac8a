namespace Semblance.Generation;

/// <summary>Specifies why a sequence ended.</summary>
public enum FinishReason
{
    /// <summary>The model generated an end token.</summary>
    EndOfSequence,

    /// <summary>The sequence contains one of <see cref="GenerationConfig.StopStrings"/>.</summary>
    StopString,

    /// <summary>The sequence reached the maximum length of the settings or of the model.</summary>
    Length,
}
