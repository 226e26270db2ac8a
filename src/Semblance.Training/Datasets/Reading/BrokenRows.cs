namespace Semblance.Training;

/// <summary>Specifies the handling of rows that cannot be used.</summary>
public enum BrokenRows
{
    /// <summary>Reading stops with an exception that names the file and the line.</summary>
    Stop,

    /// <summary>The row is skipped and counted.</summary>
    Skip,
}
