namespace Semblance;

/// <summary>What becomes of the scores of pairs; called by several threads at once.</summary>
internal interface IPairSink
{
    /// <summary>Takes the scores of one vector with consecutive later ones.</summary>
    /// <param name="scores">The scores; valid during the call.</param>
    /// <param name="first">The row of the one.</param>
    /// <param name="second">The row of the first of the others.</param>
    void Take(ReadOnlySpan<float> scores, int first, int second);
}
