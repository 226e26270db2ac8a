namespace Semblance.Training;

/// <summary>What happens at a row that cannot be used.</summary>
public enum BrokenRows
{
    /// <summary>Reading stops with an exception that names file and line.</summary>
    Stop,

    /// <summary>The row is left out and counted.</summary>
    Skip,
}
